package judges_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/treetest"
)

// kernelCannot are images that the kernel refuses or cannot be compared on.
var kernelCannot = map[string]string{
	"ext-size-max": "refuses a file of 2^64-1 bytes",
	"hl-to-root":   "shows a directory in itself",
	"hl-to-dir":    "shows a directory in two places",
}

// TestKernel mounts every image and looks at all that can be seen through
// system calls.
func TestKernel(t *testing.T) {
	requireRoot(t)
	for _, s := range subjects(t) {
		t.Run(s.name, func(t *testing.T) {
			if why, ok := kernelCannot[s.name]; ok {
				t.Logf("not judged by the kernel, which %s", why)
				return
			}
			r := kernelReader{map[uint64]*tree.Inode{}}
			root, err := r.inode(mountErofs(t, s.file(t)))
			if err != nil {
				t.Fatal(err)
			}
			for d := range tree.Diff(forKernel(s.raw), &tree.Tree{Root: root}) {
				t.Error(d)
			}
		})
	}
}

// mountErofs mounts an image from its file for the duration of the test.
func mountErofs(t *testing.T, image string) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount(image, dir, "erofs", unix.MS_RDONLY, ""); err != nil {
		t.Fatalf("mount %s: %v (Linux 6.12 or newer is needed to mount from a file)", image, err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return dir
}

// forKernel takes away what system calls do not show.
func forKernel(t *tree.Tree) *tree.Tree {
	_ = t.Walk(func(_ string, e *tree.Entry) error {
		n := e.Inode
		n.Xattrs = visibleXattrs(n)
		for _, id := range []*uint32{&n.UID, &n.GID} {
			if *id == math.MaxUint32 {
				*id = 65534 // no id at all: the overflow id stands for it
			}
		}
		return nil
	})
	return t
}

// visibleXattrs leaves out names that no call can ask for, user.* on what is
// neither file nor directory (xattr(7)), and what the kernel checks before it
// shows it, which some vectors have malformed: TestKernelWellFormed is for these.
func visibleXattrs(n *tree.Inode) (kept tree.Xattrs) {
	for _, x := range n.Xattrs {
		prefix, rest, _ := strings.Cut(x.Name, ".")
		switch prefix {
		case "user":
			if n.Type() != tree.TypeRegular && !n.IsDir() {
				continue
			}
		case "trusted", "security":
		default:
			continue
		}
		if rest != "" && x.Name != "security.capability" && len(x.Name) <= tree.NameMax {
			kept = append(kept, x)
		}
	}
	return kept
}

// kernelReader turns what a mount shows into a tree.
type kernelReader struct {
	seen map[uint64]*tree.Inode
}

func (r *kernelReader) inode(path string) (*tree.Inode, error) {
	var st unix.Stat_t
	if err := unix.Lstat(path, &st); err != nil {
		return nil, &os.PathError{Op: "lstat", Path: path, Err: err}
	}
	n := &tree.Inode{
		Mode: st.Mode, Nlink: uint32(st.Nlink), UID: st.Uid, GID: st.Gid, Rdev: uint32(st.Rdev),
		MtimeSec: st.Mtim.Sec, MtimeNsec: uint32(st.Mtim.Nsec),
	}
	if err := r.xattrs(path, n); err != nil {
		return nil, err
	}
	_, external := n.Xattrs.Get("trusted.overlay.metacopy")
	var err error
	switch n.Type() {
	case tree.TypeDir:
		err = r.entries(path, n)
	case tree.TypeRegular:
		n.Size = uint64(st.Size)
		if !external {
			var content []byte
			content, err = os.ReadFile(path)
			n.Content = string(content)
		}
	case tree.TypeSymlink:
		n.Payload, err = os.Readlink(path)
	}
	r.seen[st.Ino] = n
	return n, err
}

func (r *kernelReader) entries(path string, n *tree.Inode) error {
	n.Dir = new(tree.Dir)
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	defer dir.Close() //nolint:errcheck // open for reading
	entries, err := dir.ReadDir(-1)
	if err != nil {
		return err
	}
	for _, e := range entries {
		// The whole path may be longer than a system call takes.
		child := fmt.Sprintf("/proc/self/fd/%d/%s", dir.Fd(), e.Name())
		var st unix.Stat_t
		if err := unix.Lstat(child, &st); err != nil {
			return &os.PathError{Op: "lstat", Path: child, Err: err}
		}
		entry := tree.Entry{Name: e.Name()}
		if entry.Inode, entry.Link = r.seen[st.Ino]; !entry.Link {
			if entry.Inode, err = r.inode(child); err != nil {
				return err
			}
		}
		if err := n.Dir.Add(entry); err != nil {
			return err
		}
	}
	return nil
}

// xattrs reads the xattrs whose values the kernel gives out.
func (r *kernelReader) xattrs(path string, n *tree.Inode) error {
	buf := make([]byte, 1<<16)
	size, err := unix.Llistxattr(path, buf)
	if err != nil {
		return &os.PathError{Op: "llistxattr", Path: path, Err: err}
	}
	value := make([]byte, 1<<16)
	for name := range strings.SplitSeq(strings.TrimSuffix(string(buf[:size]), "\x00"), "\x00") {
		if name == "" {
			continue
		}
		// Some are listed but cannot be asked for. If one should be, it is missed.
		if got, err := unix.Lgetxattr(path, name, value); err == nil {
			n.Xattrs = n.Xattrs.With(name, string(value[:got]))
		}
	}
	n.Xattrs = visibleXattrs(n)
	return nil
}

// TestKernelWellFormed checks that the kernel shows ACLs and capabilities as they
// went in.
func TestKernelWellFormed(t *testing.T) {
	requireRoot(t)
	for _, x := range treetest.WellFormed {
		t.Run(x.Name, func(t *testing.T) {
			tr := tree.New()
			inode := &tree.Inode{Mode: tree.TypeRegular | 0o640, Nlink: 1, Xattrs: tree.Xattrs{x}}
			if x.Name == "system.posix_acl_default" {
				inode.Mode, inode.Dir = tree.TypeDir|0o750, new(tree.Dir)
			}
			if err := tr.Root.Dir.Add(tree.Entry{Name: "f", Inode: inode}); err != nil {
				t.Fatal(err)
			}
			s := newSubject(t, "well-formed", tr)
			value := make([]byte, 100)
			n, err := unix.Lgetxattr(filepath.Join(mountErofs(t, s.file(t)), "f"), x.Name, value)
			if err != nil || string(value[:n]) != x.Value {
				t.Errorf("%q, %v, want %q", value[:max(n, 0)], err, x.Value)
			}
		})
	}
}
