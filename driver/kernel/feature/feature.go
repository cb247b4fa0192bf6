package feature

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/driver/message"
)

// ErrNotSupported is wrapped by the errors of [Feature.Check] if the kernel or the file system lacks
// the feature. Other errors mean that the probe could not decide.
var ErrNotSupported = errors.New("not supported")

// Feature is an ability that some kernels or file systems lack. Its methods may be called
// concurrently.
type Feature struct {
	Name string // completes "Linux supports ..."

	// Since is the first Linux release with the feature in its usual configurations, such as "6.12".
	// It is "" for a feature that depends on the configuration.
	Since string

	// probe tries the feature with files in dir, an empty temporary directory.
	probe func(dir string) error

	// lacking are the file systems that lack the feature on any kernel: their names, by their magic
	// numbers.
	lacking map[int64]string

	// cheap reports that the probe needs no mount, so that [SetCacheDir] has no effect.
	cheap bool

	mu      sync.Mutex
	decided map[uint64]error // by st_dev of the directory
}

// Check returns nil if files in dir have the feature. It probes in a temporary directory below dir,
// which must be writable. Later calls for the same file system return the same answer, unless the
// probe could not decide. An answer in the directory of [SetCacheDir] saves the probe.
func (f *Feature) Check(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("probe %s: %w", f.Name, err)
	}
	dev := uint64(info.Sys().(*syscall.Stat_t).Dev) //nolint:unconvert // 32 bits on some architectures
	f.mu.Lock()
	defer f.mu.Unlock()
	if err, ok := f.decided[dev]; ok {
		return err
	}
	err = f.recallOrTry(dir)
	if err == nil || errors.Is(err, ErrNotSupported) {
		if f.decided == nil {
			f.decided = map[uint64]error{}
		}
		f.decided[dev] = err
	}
	return err
}

func (f *Feature) recallOrTry(dir string) error {
	record, ok := f.record(dir)
	if !ok {
		return f.try(dir)
	}
	answer, ok := record.read()
	if !ok {
		answer = f.try(dir)
		record.write(answer)
	}
	return answer
}

// Has reports whether Check returns nil.
func (f *Feature) Has(dir string) bool { return f.Check(dir) == nil }

func (f *Feature) try(dir string) (err error) {
	tmp, err := os.MkdirTemp(dir, "composefs-probe-")
	if err != nil {
		var e *os.PathError
		if errors.As(err, &e) {
			err = e.Err // without the path, whose name is random
		}
		return fmt.Errorf("probe %s in %s: %w", f.Name, dir, err)
	}
	defer func() { err = errors.Join(err, renamed(os.RemoveAll(tmp), tmp)) }()
	switch err := renamed(f.probe(tmp), tmp); {
	case err == nil:
		return nil
	case errors.Is(err, ErrNotSupported) || negative(err):
		return &unsupportedError{f, err, f.lackedBy(dir)}
	default:
		return fmt.Errorf("probe %s: %w", f.Name, err)
	}
}

// unbacked are the file systems without a page cache from which EROFS can read an image
// (erofs_fc_get_tree requires read_folio), and unmapped those whose mounts cannot map owners
// (FS_ALLOW_IDMAP).
var (
	unbacked = map[int64]string{unix.OVERLAYFS_SUPER_MAGIC: "overlayfs", unix.TMPFS_MAGIC: "tmpfs"}
	unmapped = map[int64]string{unix.OVERLAYFS_SUPER_MAGIC: "overlayfs"}
)

// lackedBy returns the name of dir's file system if that lacks the feature on any kernel.
func (f *Feature) lackedBy(dir string) string {
	var fs unix.Statfs_t
	if unix.Statfs(dir, &fs) != nil {
		return ""
	}
	return f.lacking[int64(fs.Type)] //nolint:unconvert // 32 bits on some architectures
}

// renamed returns err with the names of files relative to the probe's directory, whose name is random.
func renamed(err error, tmp string) error {
	return message.Rename(err, tmp+"/", "", tmp, "the probe's directory")
}

// unsupportedError wraps [ErrNotSupported] and the error of the probe.
type unsupportedError struct {
	feature *Feature
	cause   error
	on      string // the file system that lacks the feature on any kernel, or ""
}

func (e *unsupportedError) Error() string {
	needs := ""
	switch {
	case e.on != "":
		needs = " on " + e.on
	case e.feature.Since != "":
		needs = " (Linux " + e.feature.Since + " has it)"
	}
	return fmt.Sprintf("%s not supported%s: %v", e.feature.Name, needs, e.cause)
}

func (e *unsupportedError) Unwrap() []error { return []error{ErrNotSupported, e.cause} }

// no is the error of a probe that has found that the kernel lacks the feature. It contains the reason.
type no string

func (n no) Error() string        { return string(n) }
func (n no) Is(target error) bool { return target == ErrNotSupported }
