package convert

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/selinux"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Bootable turns a canonical tree, see [Canonical], into that of the image that a host boots
// (transform_for_boot in composefs-boot of composefs-rs). /boot and /sysroot are emptied and get the time
// of /usr. All files get the SELinux labels of the policy in the tree, or none without a policy. object
// opens the objects of policy files; it may be nil if these are in the tree.
func Bootable(t *tree.Tree, object func(verity.Digest) (io.ReadCloser, error)) error {
	for _, name := range []string{"/boot", "/sysroot"} {
		e, ok := t.Lookup(name)
		if !ok || !e.Inode.IsDir() {
			return fmt.Errorf("bootable tree: the image has no directory %s, which the image of a host needs", name)
		}
		e.Inode.Dir = new(tree.Dir)
		e.Inode.MtimeSec, e.Inode.MtimeNsec = t.Root.MtimeSec, t.Root.MtimeNsec // those of /usr
	}
	t.Relink() // the emptied directories may have had other names of files
	p, err := readPolicy(policyFiles{t, object})
	if err != nil {
		return fmt.Errorf("bootable tree: %w", err)
	}
	if p == nil {
		return nil // a canonical tree has no labels
	}
	l := labeler{policy: p, first: map[*tree.Inode]string{}}
	if err := l.dir(t.Root, "/"); err != nil {
		return fmt.Errorf("bootable tree: %w", err)
	}
	t.Relink()
	return nil
}

// readPolicy returns the SELinux policy of a tree, nil if it has none.
func readPolicy(files policyFiles) (*selinux.Policy, error) {
	const dir = "/etc/selinux"
	config, err := files.open(dir + "/config")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s/config: %w", dir, err)
	}
	defer config.Close() //nolint:errcheck // open for reading
	name, err := selinux.Type(config)
	if err != nil || name == "" {
		return nil, err
	}
	return selinux.Read(func(file string) (io.ReadCloser, error) {
		return files.open(path.Join(dir, name, "contexts/files", file))
	})
}

// policyFiles opens files of a tree.
type policyFiles struct {
	tree   *tree.Tree
	object func(verity.Digest) (io.ReadCloser, error)
}

// open opens a file. The error wraps [fs.ErrNotExist] if there is none. It follows no symlinks.
func (p policyFiles) open(name string) (io.ReadCloser, error) {
	e, ok := p.tree.Lookup(name)
	switch {
	case !ok:
		return nil, fs.ErrNotExist
	case e.Inode.Type() != tree.TypeRegular:
		return nil, errors.New("not a regular file")
	case !e.Inode.IsExternal():
		return io.NopCloser(strings.NewReader(e.Inode.Content)), nil
	case p.object == nil || e.Inode.Digest.IsZero():
		return nil, errObjects
	}
	return p.object(e.Inode.Digest)
}

// labeler sets the labels of a tree's files.
type labeler struct {
	policy *selinux.Policy
	first  map[*tree.Inode]string // the label of the first name, of files that may have several
}

// dir sets the labels of a directory and all below it. place is the path in the policy.
func (l *labeler) dir(n *tree.Inode, place string) error {
	label, err := l.label(place, n)
	if err != nil {
		return err
	}
	setLabel(n, label)
	for e := range n.Dir.All() {
		child := l.policy.Substitute(strings.TrimSuffix(place, "/") + "/" + e.Name)
		if err := l.entry(e, child); err != nil {
			return err
		}
	}
	return nil
}

// entry sets the label of an entry. If an earlier name of the file has another label, the entry gets a
// copy of the file.
func (l *labeler) entry(e *tree.Entry, place string) error {
	if e.Inode.IsDir() {
		return l.dir(e.Inode, place)
	}
	label, err := l.label(place, e.Inode)
	if err != nil {
		return err
	}
	first, linked := l.first[e.Inode]
	if linked && first != label {
		c := *e.Inode
		c.Nlink = 1
		e.Inode, e.Link = &c, false
	}
	setLabel(e.Inode, label)
	if !linked && e.Inode.Nlink > 1 {
		l.first[e.Inode] = label
	}
	return nil
}

// fileTypes are the letters of file_contexts.
var fileTypes = map[uint32]byte{
	tree.TypeRegular: '-', tree.TypeBlock: 'b', tree.TypeChar: 'c', tree.TypeDir: 'd', tree.TypeSymlink: 'l', tree.TypeFifo: 'p', tree.TypeSocket: 's',
}

// label returns the label of a file, "" for none.
func (l *labeler) label(place string, n *tree.Inode) (string, error) {
	return l.policy.Label(place, fileTypes[n.Type()])
}

func setLabel(n *tree.Inode, label string) {
	const name = "security.selinux"
	if label == "" {
		n.Xattrs = n.Xattrs.Without(name)
		return
	}
	n.Xattrs = n.Xattrs.With(name, label)
}
