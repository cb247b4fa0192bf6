//go:build linux

package inplace

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/containers/storage/pkg/archive"
	"github.com/containers/storage/pkg/unshare"
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
)

// unpacker writes the entries of a layer image as a plain layer. It makes all parent directories itself,
// so that no symlink leads out of the root.
type unpacker struct {
	root    string
	objects string
	made    map[*tree.Inode]string // the first path of each file
	files   int                    // regular files that are not empty
	bytes   int64                  // their size
}

// unpack writes the files of a layer's image into the new directory diff.
func unpack(l chain.Layer, diff string) (*unpacker, error) {
	f, img, err := images.OpenLayer(l)
	if err != nil {
		return &unpacker{}, err
	}
	defer f.Close() //nolint:errcheck // open for reading
	if img.Format() != erofs.Layer {
		return &unpacker{}, errors.New("stock containers/storage has written its image")
	}
	u, err := unpackFrom(img, l.Diff(), diff)
	if err != nil {
		err = fmt.Errorf("%s: %w", l.ImagePath(), err)
	}
	return u, err
}

// unpackFrom writes the files of a layer image, whose contents are in objects, into the new directory diff.
func unpackFrom(img *erofs.Image, objects, diff string) (*unpacker, error) {
	u := &unpacker{root: diff, objects: objects, made: map[*tree.Inode]string{}}
	t, err := img.Tree()
	if err != nil {
		return u, err
	}
	return u, u.all(t.Root)
}

// all writes the root and the entries below it. A root without an entry in the tar gets the owner and
// mode of the layer's object directory.
func (u *unpacker) all(root *tree.Inode) error {
	if err := os.Mkdir(u.root, 0o700); err != nil {
		return err
	}
	if err := u.entries("", root.Dir); err != nil {
		return err
	}
	if !root.Dir.Implied {
		return u.describe("", root)
	}
	var st unix.Stat_t
	if err := unix.Stat(u.objects, &st); err != nil {
		return &os.PathError{Op: "stat", Path: u.objects, Err: err}
	}
	return files.SetOwner(u.root, st.Uid, st.Gid, st.Mode)
}

// entries writes the entries of a directory.
func (u *unpacker) entries(dir string, d *tree.Dir) error {
	for e := range d.All() {
		path := filepath.Join(dir, e.Name)
		if err := u.entry(path, e.Inode); err != nil {
			return fmt.Errorf("entry %q: %w", path, err)
		}
	}
	return nil
}

func (u *unpacker) entry(path string, n *tree.Inode) error {
	name := filepath.Join(u.root, path)
	if first, ok := u.made[n]; ok {
		return os.Link(filepath.Join(u.root, first), name)
	}
	if device := n.Type() == tree.TypeChar || n.Type() == tree.TypeBlock; device && unshare.IsRootless() {
		return nil // the kernel refuses it, and containers/storage leaves it out
	}
	var err error
	switch n.Type() {
	case tree.TypeWhiteout:
		return os.NewSyscallError("mknod", unix.Mknod(name, unix.S_IFCHR, 0))
	case tree.TypeDir:
		if err = os.Mkdir(name, 0o700); err == nil {
			err = u.entries(path, n.Dir)
		}
	case tree.TypeRegular:
		err = u.file(name, n)
	case tree.TypeSymlink:
		err = os.Symlink(n.Payload, name)
	default:
		err = os.NewSyscallError("mknod", unix.Mknod(name, n.Type()|0o600, int(n.Rdev)))
	}
	if err != nil {
		return err
	}
	if n.Dir == nil {
		u.made[n] = path
	}
	return u.describe(path, n)
}

// file writes a regular file. It shares the blocks of the object if the file system supports that.
func (u *unpacker) file(name string, n *tree.Inode) error {
	var content io.Reader = strings.NewReader(n.Content)
	if n.Payload != "" {
		object, err := images.OpenIn(u.objects, n.BackingPath())
		if err != nil {
			return err
		}
		defer object.Close() //nolint:errcheck // open for reading
		content = object
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if n.Size > 0 {
		u.files++
		u.bytes += int64(n.Size)
	}
	object, ok := content.(*os.File)
	if !ok || unix.IoctlFileClone(int(f.Fd()), int(object.Fd())) != nil {
		_, err = io.Copy(f, content)
	}
	return errors.Join(err, f.Close())
}

// describe sets the metadata of a file. It sets the mode after the owner, because chown clears bits of
// the mode, and the time last.
func (u *unpacker) describe(path string, n *tree.Inode) error {
	name := filepath.Join(u.root, path)
	if err := unix.Lchown(name, int(n.UID), int(n.GID)); err != nil {
		return os.NewSyscallError("lchown", err)
	}
	if n.Type() != tree.TypeSymlink {
		if err := unix.Chmod(name, n.Mode&0o7777); err != nil {
			return os.NewSyscallError("chmod", err)
		}
	}
	xattrs := n.Xattrs
	if n.Dir != nil && n.Dir.Opaque {
		xattrs = xattrs.With(archive.GetOverlayXattrName("opaque"), "y")
	}
	for _, x := range xattrs {
		err := unix.Lsetxattr(name, x.Name, []byte(x.Value), 0)
		if err != nil && !errors.Is(err, unix.ENOTSUP) && !errors.Is(err, unix.EPERM) { // as containers/storage does
			return fmt.Errorf("xattr %s: %w", x.Name, err)
		}
	}
	times := []unix.Timespec{{Nsec: unix.UTIME_OMIT}, {Sec: n.MtimeSec, Nsec: int64(n.MtimeNsec)}}
	return os.NewSyscallError("utimensat", unix.UtimesNanoAt(unix.AT_FDCWD, name, times, unix.AT_SYMLINK_NOFOLLOW))
}
