package layer

import (
	"archive/tar"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// Permissions of implied directories for which no layer below has an entry either: those that
// containers/storage gives to the root and to missing parents.
const (
	rootPerm    = 0o555
	impliedPerm = 0o755
)

// targetMax is the longest target of a symlink in bytes (PATH_MAX less its NUL).
const targetMax = 4095

// entry adds an entry.
func (b *Builder) entry(hdr *tar.Header) error {
	if hdr.Typeflag == tar.TypeXGlobalHeader || path.Clean(hdr.Name) == "." {
		return nil // the unpacker ignores this spelling of the root
	}
	name := path.Clean("/" + hdr.Name)
	if name == "/" {
		if hdr.Typeflag != tar.TypeDir {
			return fmt.Errorf("the root is not a directory, but of tar type %q", hdr.Typeflag)
		}
		return b.describeRoot(hdr)
	}
	dir, base := path.Split(name)
	if strings.HasPrefix(base, whiteoutPrefix) {
		return b.addWhiteout(dir, base)
	}
	parent, err := b.parent(dir)
	if err != nil {
		return err
	}
	e, exists := parent.Dir.Lookup(base)
	if exists && hdr.Typeflag == tar.TypeDir && e.Inode.IsDir() {
		return b.describeDir(e.Inode, hdr)
	}
	hides := exists && e.Inode.Type() == tree.TypeWhiteout
	if exists {
		b.remove(parent, base)
	}
	n, err := b.newInode(hdr)
	if err != nil {
		return err
	}
	if n.IsDir() {
		n.Dir.Opaque = hides
	}
	return b.add(parent, base, n)
}

// add adds an inode to a directory. It copies the name, which is a part of a longer string.
func (b *Builder) add(dir *tree.Inode, name string, n *tree.Inode) error {
	return dir.Dir.Add(tree.Entry{Name: b.names.keep(name), Inode: n})
}

// remove removes the entry of that name with all below it.
func (b *Builder) remove(dir *tree.Inode, name string) {
	dir.Dir.Remove(name)
	b.lastDir = nil // it may be among the removed ones
}

// newInode returns the inode of an entry.
func (b *Builder) newInode(hdr *tar.Header) (*tree.Inode, error) {
	switch hdr.Typeflag {
	case tar.TypeLink:
		return b.link(hdr)
	case tar.TypeDir:
		n := tree.NewDir(0)
		return n, b.describeDir(n, hdr)
	case tar.TypeReg, tar.TypeCont, tar.TypeGNUSparse:
		return b.newFile(hdr)
	}
	n := &tree.Inode{Nlink: 1}
	switch hdr.Typeflag {
	case tar.TypeSymlink:
		if hdr.Linkname == "" {
			return nil, errors.New("symlink without a target")
		}
		if len(hdr.Linkname) > targetMax {
			return nil, fmt.Errorf("symlink target of %d bytes, at most %d are possible", len(hdr.Linkname), targetMax)
		}
		n.Mode, n.Payload, n.Size = tree.TypeSymlink, hdr.Linkname, uint64(len(hdr.Linkname))
	case tar.TypeChar:
		n.Mode, n.Rdev = tree.TypeChar, deviceNumber(hdr)
	case tar.TypeBlock:
		n.Mode, n.Rdev = tree.TypeBlock, deviceNumber(hdr)
	case tar.TypeFifo:
		n.Mode = tree.TypeFifo
	default:
		return nil, fmt.Errorf("tar type %q is unknown", hdr.Typeflag)
	}
	return n, b.describe(n, hdr)
}

// newFile returns the inode of a regular file and passes it to keep.
func (b *Builder) newFile(hdr *tar.Header) (*tree.Inode, error) {
	if hdr.Size < 0 {
		return nil, fmt.Errorf("invalid size of %d bytes", hdr.Size)
	}
	n := new(tree.Inode)
	if hdr.Size > 0 {
		n = b.inodes.NewFile()
	}
	n.Mode, n.Nlink, n.Size = tree.TypeRegular, 1, uint64(hdr.Size)
	if err := b.describe(n, hdr); err != nil || hdr.Size == 0 {
		return n, err
	}
	return n, b.keep(hdr.Name, n)
}

// link returns the inode of a hard link's target. The link's header changes the file, as in the
// unpacker, whose chown, chmod and setxattr apply to it.
func (b *Builder) link(hdr *tar.Header) (*tree.Inode, error) {
	dir, base := path.Split(path.Clean("/" + hdr.Linkname))
	var e *tree.Entry
	parent, err := b.lookup(dir, false)
	found := err == nil
	if found {
		e, found = parent.Dir.Lookup(base)
	}
	if !found || e.Inode.Type() == tree.TypeWhiteout {
		return nil, fmt.Errorf("hard link to %q, which is not in the layer so far", hdr.Linkname)
	}
	n := e.Inode
	if n.IsDir() {
		return nil, fmt.Errorf("hard link to %q, which is a directory", hdr.Linkname)
	}
	n.Nlink++
	b.linked = true
	if n.UID != owner(hdr.Uid, n.UID) || n.GID != owner(hdr.Gid, n.GID) {
		n.Xattrs = n.Xattrs.Without(xattrCapability) // chown(2) does that
	}
	return n, b.describe(n, hdr)
}
