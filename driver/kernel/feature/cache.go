//go:build linux

package feature

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
)

// SetCacheDir makes this process keep answers in dir, and use the answers of other processes there.
// Probes cost mounts, and a kernel that cannot mount EROFS from a file logs each attempt. "" turns the
// cache off. The directory is process-wide, because the kernel is the same for all drivers; the last
// call counts.
//
// dir need not exist. It must be on a file system that a reboot empties, such as the run root, and
// only this user may write there. A record is for a feature, a file system, and a build of the kernel.
// Other and damaged records are ignored and replaced. Failures to write a record are ignored.
//
// These answers are not kept: undecided ones, those that change when a module is loaded, and those of
// features that need no mount. A kept error has the text of the original, and wraps [ErrNotSupported]
// only.
func SetCacheDir(dir string) { cacheDir.Store(&dir) }

// cacheDir is the directory of SetCacheDir.
var cacheDir atomic.Pointer[string]

// recordVersion increases with each change of a probe or of the format. Records with another version
// are ignored.
const recordVersion = 2

// maxRecord limits the size of a record, in bytes. Errors have a few hundred.
const maxRecord = 16 << 10

// record is the file with the answer for one feature and file system.
type record struct {
	feature *Feature
	on      string // see unsupportedError
	path    string
	header  string // the start of the file; the answer follows
}

// record returns the record of the feature for dir's file system; ok is false if answers are not kept.
func (f *Feature) record(dir string) (r record, ok bool) {
	m := cacheDir.Load()
	if m == nil || *m == "" || f.cheap {
		return r, false
	}
	kernel, err := kernelBuild()
	if err != nil {
		return r, false
	}
	var st unix.Stat_t
	var fs unix.Statfs_t
	if unix.Stat(dir, &st) != nil || unix.Statfs(dir, &fs) != nil {
		return r, false
	}
	device := fmt.Sprintf("%d.%d", unix.Major(uint64(st.Dev)), unix.Minor(uint64(st.Dev))) //nolint:unconvert // 32 bits on some architectures
	// The kernel reuses the device numbers of unmounted file systems, but not their IDs.
	header := fmt.Sprintf("%s\nfile system %s type %#x id %08x%08x\nLinux %s\nversion %d\n",
		f.Name, device, fs.Type, uint32(fs.Fsid.Val[0]), uint32(fs.Fsid.Val[1]), kernel, recordVersion)
	return record{f, f.lackedBy(dir), filepath.Join(*m, strings.ReplaceAll(f.Name, " ", "-")+"-"+device), header}, true
}

// kernelBuild returns the output of uname -rv. It is a variable for tests.
var kernelBuild = func() (string, error) {
	var u unix.Utsname
	err := unix.Uname(&u)
	return unix.ByteSliceToString(u.Release[:]) + " " + unix.ByteSliceToString(u.Version[:]), err
}

// read returns the kept answer; ok is false if there is none.
func (r record) read() (answer error, ok bool) {
	f, err := os.OpenFile(r.path, os.O_RDONLY|unix.O_NONBLOCK|unix.O_NOFOLLOW, 0)
	if err != nil {
		return nil, false
	}
	defer f.Close() //nolint:errcheck // open for reading
	text, err := io.ReadAll(io.LimitReader(f, maxRecord))
	if err != nil {
		return nil, false
	}
	rest, ok := strings.CutPrefix(string(text), r.header)
	if !ok {
		return nil, false
	}
	if rest == "yes\n" {
		return nil, true
	}
	quoted, ok := strings.CutPrefix(rest, "no ")
	why, err := strconv.Unquote(strings.TrimSuffix(quoted, "\n"))
	return &unsupportedError{r.feature, no(why), r.on}, ok && err == nil
}

// write keeps an answer that is valid until the next boot. It ignores failures.
func (r record) write(answer error) {
	text := r.header + "yes\n"
	var unsupported *unsupportedError
	switch {
	case answer == nil:
	case !errors.As(answer, &unsupported) || errors.Is(answer, unix.ENODEV):
		return
	default:
		text = r.header + "no " + strconv.Quote(unsupported.cause.Error()) + "\n"
	}
	_ = files.Replace(r.path, text)
}
