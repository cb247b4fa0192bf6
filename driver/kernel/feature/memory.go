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
)

// Remember keeps answers in dir from now on, and uses those that other processes have
// kept there: trying costs mounts, and a kernel that cannot mount EROFS from a file
// says so in its log each time. "" ends that.
//
// dir need not exist. It must be on a file system that a reboot empties, such as one
// below the run root, and nobody else may write there. A record is for a feature, a
// file system, and a build of the kernel; any other one is passed over, and replaced.
// So is one that is damaged. It is no error if nothing can be kept.
//
// Not kept are undecided questions, answers that a module may change when it is
// loaded, and whether there is fs-verity, which costs no mount. A kept error has the
// text of the one that the probe met, and is [ErrNotSupported], but wraps nothing else.
func Remember(dir string) { memory.Store(&dir) }

// memory is what Remember was called with.
var memory atomic.Pointer[string]

// recordVersion is raised when a probe asks something else, or the format changes: the
// records of earlier builds of this package are then passed over.
const recordVersion = 2

// maxRecord is the size in bytes of the largest record. Errors have a few hundred.
const maxRecord = 16 << 10

// record is where the answer for one feature and file system is kept.
type record struct {
	feature *Feature
	on      string // see unsupportedError
	path    string
	header  string // what the file begins with; the answer follows
}

// record returns where the feature's answer for dir's file system is kept, unless it
// is not.
func (f *Feature) record(dir string) (r record, ok bool) {
	m := memory.Load()
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
	// Numbers of devices are given again when a file system has gone: hence its ID.
	header := fmt.Sprintf("%s\nfile system %s type %#x id %08x%08x\nLinux %s\nversion %d\n",
		f.Name, device, fs.Type, uint32(fs.Fsid.Val[0]), uint32(fs.Fsid.Val[1]), kernel, recordVersion)
	return record{f, f.lackedBy(dir), filepath.Join(*m, strings.ReplaceAll(f.Name, " ", "-")+"-"+device), header}, true
}

// kernelBuild returns what uname -rv prints. It is replaced by tests.
var kernelBuild = func() (string, error) {
	var u unix.Utsname
	err := unix.Uname(&u)
	return unix.ByteSliceToString(u.Release[:]) + " " + unix.ByteSliceToString(u.Version[:]), err
}

// read returns the answer that is kept, if there is one.
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

// write keeps an answer if it is one that lasts until the next boot, and if it can.
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
	dir := filepath.Dir(r.path)
	_ = os.MkdirAll(dir, 0o700) // or the next step fails
	tmp, err := os.CreateTemp(dir, ".new-")
	if err != nil {
		return
	}
	_, err = tmp.WriteString(text)
	if err := errors.Join(err, tmp.Close()); err == nil && os.Rename(tmp.Name(), r.path) == nil {
		return
	}
	_ = os.Remove(tmp.Name()) // it is in nobody's way
}
