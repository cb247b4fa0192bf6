package judges_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	goerofs "github.com/erofs/go-erofs"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// goErofsCannot are images that go-erofs v0.3.1 does not read.
var goErofsCannot = map[string]string{
	"xattr-shared-big": "has a limit of its own on a shared xattr",
	"hl-to-root":       "shows a directory in itself",
	"hl-to-dir":        "shows a directory in two places",
}

// TestGoErofs reads every image with github.com/erofs/go-erofs.
func TestGoErofs(t *testing.T) {
	for _, s := range subjects(t) {
		t.Run(s.name, func(t *testing.T) {
			if why, ok := goErofsCannot[s.name]; ok {
				t.Logf("not judged by go-erofs, which %s", why)
				return
			}
			fsys, err := goerofs.Open(bytes.NewReader(s.image))
			if err != nil {
				t.Fatal(err)
			}
			r := goErofsReader{fsys, map[uint64]*tree.Inode{}}
			info, err := fs.Stat(fsys, ".")
			if err != nil {
				t.Fatal(err)
			}
			root, err := r.inode(".", info)
			if err != nil {
				t.Fatal(err)
			}
			for d := range tree.Diff(forGoErofs(s.raw), &tree.Tree{Root: root}) {
				t.Error(d)
			}
		})
	}
}

// forGoErofs removes everything that go-erofs cannot show: POSIX ACLs, whose names it
// spells with a dot at the end, names below a path that is not UTF-8, and more
// than 10^9-1 nanoseconds.
func forGoErofs(t *tree.Tree) *tree.Tree {
	_ = t.Walk(func(path string, e *tree.Entry) error {
		e.Inode.Xattrs = withoutACLs(e.Inode.Xattrs)
		e.Inode.MtimeSec, e.Inode.MtimeNsec = unixTime(time.Unix(e.Inode.MtimeSec, int64(e.Inode.MtimeNsec)))
		if e.Inode.IsDir() && path != "/" && !fs.ValidPath(path[1:]) {
			e.Inode.Dir = new(tree.Dir)
		}
		return nil
	})
	return t
}

func withoutACLs(x tree.Xattrs) (kept tree.Xattrs) {
	for _, a := range x {
		if !strings.HasPrefix(a.Name, "system.posix_acl_") {
			kept = append(kept, a)
		}
	}
	return kept
}

// goErofsInfo are the facts that go-erofs returns beyond fs.FileInfo.
type goErofsInfo interface {
	UID() uint32
	GID() uint32
	Ino() uint64
	Nlink() uint64
	Rdev() uint64
	GetAllXattr() map[string]string
}

// goErofsReader turns what go-erofs shows into a tree.
type goErofsReader struct {
	fsys fs.FS
	seen map[uint64]*tree.Inode
}

var goErofsType = map[fs.FileMode]uint32{
	0: tree.TypeRegular, fs.ModeDir: tree.TypeDir, fs.ModeSymlink: tree.TypeSymlink, fs.ModeNamedPipe: tree.TypeFifo,
	fs.ModeDevice | fs.ModeCharDevice: tree.TypeChar, fs.ModeDevice: tree.TypeBlock, fs.ModeSocket: tree.TypeSocket,
}

func (r *goErofsReader) inode(path string, info fs.FileInfo) (*tree.Inode, error) {
	more := info.(goErofsInfo)
	n := &tree.Inode{
		// go-erofs leaves all permission bits where Unix has them.
		Mode:  goErofsType[info.Mode().Type()] | uint32(info.Mode())&0o7777,
		Nlink: uint32(more.Nlink()), UID: more.UID(), GID: more.GID(), Rdev: uint32(more.Rdev()),
	}
	n.MtimeSec, n.MtimeNsec = unixTime(info.ModTime())
	for name, value := range more.GetAllXattr() {
		n.Xattrs = n.Xattrs.With(name, value)
	}
	n.Xattrs = withoutACLs(n.Xattrs)
	_, external := n.Xattrs.Get("trusted.overlay.metacopy")
	var err error
	switch n.Type() {
	case tree.TypeDir:
		err = r.entries(path, n)
	case tree.TypeRegular:
		n.Size = uint64(info.Size())
		if (!external || n.Size <= contentMax) && fs.ValidPath(path) {
			var content []byte
			content, err = fs.ReadFile(r.fsys, path)
			n.Content = string(content)
		}
	case tree.TypeSymlink:
		if fs.ValidPath(path) {
			n.Payload, err = r.fsys.(interface{ ReadLink(string) (string, error) }).ReadLink(path)
		}
	}
	return n, err
}

func (r *goErofsReader) entries(path string, n *tree.Inode) error {
	n.Dir = new(tree.Dir)
	if !fs.ValidPath(path) {
		return nil
	}
	entries, err := fs.ReadDir(r.fsys, path)
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			return err
		}
		entry := tree.Entry{Name: e.Name()}
		ino := info.(goErofsInfo).Ino()
		if entry.Inode, entry.Link = r.seen[ino]; !entry.Link {
			if entry.Inode, err = r.inode(strings.TrimPrefix(path+"/"+e.Name(), "./"), info); err != nil {
				return fmt.Errorf("%s/%s: %w", path, e.Name(), err)
			}
			r.seen[ino] = entry.Inode
		}
		if err := n.Dir.Add(entry); err != nil {
			return err
		}
	}
	return nil
}

// unixTime splits a time as inodes have it.
func unixTime(t time.Time) (sec int64, nsec uint32) { return t.Unix(), uint32(t.Nanosecond()) }
