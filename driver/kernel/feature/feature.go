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

// ErrNotSupported is what an error of [Feature.Check] is if the kernel or the file
// system lacks the feature. Other errors mean that it could not be found out.
var ErrNotSupported = errors.New("not supported")

// Feature is something that not all kernels or file systems can do.
type Feature struct {
	Name string // as in "Linux supports ..."

	// Since is the first Linux release that has it in all configurations where it
	// makes sense, such as "6.12"; "" if it is a question of configuration.
	Since string

	// probe tries it with files in dir, which is empty and goes afterwards.
	probe func(dir string) error

	// lacking are the file systems that lack it whatever the kernel: their names, by their magic
	// numbers.
	lacking map[int64]string

	// cheap features cost no mount and are not kept by [Remember].
	cheap bool

	mu      sync.Mutex
	decided map[uint64]error // by st_dev of the directory
}

// Check tells whether the feature is there for files in dir, which must be writable:
// it is tried out in a temporary directory there. Only the first call for a file
// system does so, unless it could not decide; or none, if there is an answer that
// [Remember] has kept.
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
			err = e.Err // its name is random
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

// unbacked are the file systems that have no page cache of their own for EROFS to read an image
// from (erofs_fc_get_tree wants read_folio), and unmapped those whose mounts cannot map owners
// (FS_ALLOW_IDMAP).
var (
	unbacked = map[int64]string{unix.OVERLAYFS_SUPER_MAGIC: "overlayfs", unix.TMPFS_MAGIC: "tmpfs"}
	unmapped = map[int64]string{unix.OVERLAYFS_SUPER_MAGIC: "overlayfs"}
)

// lackedBy returns the name of dir's file system if the feature is missing because of it.
func (f *Feature) lackedBy(dir string) string {
	var fs unix.Statfs_t
	if unix.Statfs(dir, &fs) != nil {
		return ""
	}
	return f.lacking[int64(fs.Type)] //nolint:unconvert // 32 bits on some architectures
}

// renamed has an error name files in a probe's directory, whose name is random, by their
// names there.
func renamed(err error, tmp string) error {
	return message.Rename(err, tmp+"/", "", tmp, "the probe's directory")
}

// unsupportedError answers to [ErrNotSupported] and to what the probe met.
type unsupportedError struct {
	feature *Feature
	cause   error
	on      string // the file system that lacks the feature on all kernels, or ""
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

// no is what a probe returns that has seen by itself that the kernel cannot: it is
// [ErrNotSupported], and says why.
type no string

func (n no) Error() string        { return string(n) }
func (n no) Is(target error) bool { return target == ErrNotSupported }
