// Package mounttest provides images for tests of mounts, and finds leaked mounts, loop devices and
// files.
package mounttest

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Sample is an image with its objects.
type Sample struct {
	Image   string // path of the image
	Objects string // the directory of objects
	Content string // of /dir/external
}

// Write writes a sample into dir, which must exist. The image contains /dir/external with the owner
// 1000:1001 and an object as its content, and /inline with the given text inline.
func Write(dir, inline string) (Sample, error) {
	content := strings.Repeat("what an object holds\n", 500)
	digest := verity.Sum([]byte(content))
	s := Sample{filepath.Join(dir, "image"), filepath.Join(dir, "objects"), content}
	object := filepath.Join(s.Objects, tree.ObjectPath(digest))
	external := new(tree.Inode)
	external.Mode, external.Nlink, external.UID, external.GID = tree.TypeRegular|0o644, 1, 1000, 1001
	external.Size, external.Digest, external.Payload = uint64(len(content)), digest, tree.ObjectPath(digest)
	sub := tree.NewDir(0o755)
	t := tree.New()
	err := errors.Join(
		sub.Dir.Add(tree.Entry{Name: "external", Inode: external}),
		t.Root.Dir.Add(tree.Entry{Name: "dir", Inode: sub}),
		t.Root.Dir.Add(tree.Entry{Name: "inline", Inode: &tree.Inode{
			Mode: tree.TypeRegular | 0o644, Nlink: 1, Size: uint64(len(inline)), Content: inline,
		}}),
		os.MkdirAll(filepath.Dir(object), 0o755),
		os.WriteFile(object, []byte(content), 0o600),
	)
	if err != nil {
		return Sample{}, err
	}
	f, err := os.Create(s.Image)
	if err != nil {
		return Sample{}, err
	}
	_, err = erofs.Write(f, t, erofs.Options{})
	return s, errors.Join(err, f.Close())
}

// New writes a sample into a new directory of the test, with "inline" in /inline.
func New(t testing.TB) Sample {
	t.Helper()
	s, err := Write(t.TempDir(), "inline")
	if err != nil {
		t.Fatal(err)
	}
	return s
}
