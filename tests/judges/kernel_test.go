//go:build linux

package judges_test

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/treetest"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
	"github.com/composefs-storage/composefs-storage/tests/needs"
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
	needs.Root(t)
	for _, s := range subjects(t) {
		t.Run(s.name, func(t *testing.T) {
			if why, ok := kernelCannot[s.name]; ok {
				t.Logf("not judged by the kernel, which %s", why)
				return
			}
			got, err := mounted.Read(mounted.Erofs(t, s.file(t)), plainErofs)
			if err != nil {
				t.Fatal(err)
			}
			for d := range tree.Diff(forKernel(s.raw), forKernel(got)) {
				t.Error(d)
			}
		})
	}
}

// plainErofs is for images that are mounted without their objects, and that may
// have xattrs with malformed names or values. If one of the others should be
// unreadable, it is missed.
var plainErofs = mounted.Options{
	SkipContent: func(n *tree.Inode) bool {
		_, external := n.Xattrs.Get("trusted.overlay.metacopy")
		return external && n.Size > contentMax
	},
	SkipXattrs: true,
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

// visibleXattrs leaves out names that no call can ask for, user.* on anything
// but files and directories (xattr(7)), and xattrs that the kernel checks before it
// shows them, which some vectors have malformed: TestKernelWellFormed is for these.
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

// TestKernelWellFormed checks that the kernel shows ACLs and capabilities as they
// went in.
func TestKernelWellFormed(t *testing.T) {
	needs.Root(t)
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
			s := newSubject(t, "well-formed", tr, erofs.V1)
			value := make([]byte, 100)
			n, err := unix.Lgetxattr(filepath.Join(mounted.Erofs(t, s.file(t)), "f"), x.Name, value)
			if err != nil || string(value[:n]) != x.Value {
				t.Errorf("%q, %v, want %q", value[:max(n, 0)], err, x.Value)
			}
		})
	}
}
