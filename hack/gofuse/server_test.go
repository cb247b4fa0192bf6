package gofuse

import (
	"errors"
	"io/fs"
	"strings"

	"github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
)

// server serves an image by go-fuse. Node IDs are those of the image, apart from the root's.
type server struct {
	fuse.RawFileSystem // ENOSYS
	view               *erofs.View
}

// forever is a time in seconds for which the kernel may keep names and attributes.
const forever = 1 << 31

func (s *server) stat(node uint64) (erofs.Stat, fuse.Status) {
	if node == fuse.FUSE_ROOT_ID {
		node = s.view.Root()
	}
	st, err := s.view.Stat(node)
	return st, status(err)
}

func status(err error) fuse.Status {
	switch {
	case err == nil:
		return fuse.OK
	case errors.Is(err, fs.ErrNotExist):
		return fuse.ENOENT
	}
	return fuse.EIO
}

func device(st *erofs.Stat) bool {
	t := st.Mode & unix.S_IFMT
	return t == unix.S_IFBLK || t == unix.S_IFCHR && st.Rdev != 0
}

func attr(st *erofs.Stat) fuse.Attr {
	sec, nsec := uint64(st.MtimeSec), st.MtimeNsec
	return fuse.Attr{
		Ino: st.Nid, Size: st.Size, Blocks: (st.Size + 4095) / 4096 * 8, Atime: sec, Mtime: sec, Ctime: sec,
		Atimensec: nsec, Mtimensec: nsec, Ctimensec: nsec, Mode: st.Mode, Nlink: st.Nlink,
		Owner: fuse.Owner{Uid: st.UID, Gid: st.GID}, Rdev: st.Rdev, Blksize: 4096,
	}
}

func (s *server) entry(st *erofs.Stat, out *fuse.EntryOut) {
	out.NodeId, out.EntryValid, out.AttrValid, out.Attr = st.Nid, forever, forever, attr(st)
	if st.Nid == s.view.Root() {
		out.NodeId = fuse.FUSE_ROOT_ID
	}
}

func (s *server) Lookup(_ <-chan struct{}, h *fuse.InHeader, name string, out *fuse.EntryOut) fuse.Status {
	dir, code := s.stat(h.NodeId)
	if !code.Ok() {
		return code
	}
	nid, err := s.view.Lookup(&dir, name)
	if err != nil {
		return status(err)
	}
	st, code := s.stat(nid)
	if code.Ok() && device(&st) {
		return fuse.ENOENT
	}
	s.entry(&st, out)
	return code
}

func (s *server) GetAttr(_ <-chan struct{}, in *fuse.GetAttrIn, out *fuse.AttrOut) fuse.Status {
	st, code := s.stat(in.NodeId)
	out.AttrValid, out.Attr = forever, attr(&st)
	return code
}

func (s *server) Readlink(_ <-chan struct{}, h *fuse.InHeader) ([]byte, fuse.Status) {
	return s.content(h.NodeId, 0, 4096)
}

func (s *server) Open(<-chan struct{}, *fuse.OpenIn, *fuse.OpenOut) fuse.Status    { return fuse.OK }
func (s *server) OpenDir(<-chan struct{}, *fuse.OpenIn, *fuse.OpenOut) fuse.Status { return fuse.OK }

func (s *server) Read(_ <-chan struct{}, in *fuse.ReadIn, _ []byte) (fuse.ReadResult, fuse.Status) {
	b, code := s.content(in.NodeId, in.Offset, in.Size)
	return fuse.ReadResultData(b), code
}

func (s *server) content(node, offset uint64, size uint32) ([]byte, fuse.Status) {
	st, code := s.stat(node)
	if !code.Ok() {
		return nil, code
	}
	b := make([]byte, size)
	n, err := s.view.ReadAt(&st, b, offset)
	return b[:n], status(err)
}

func (s *server) ReadDir(_ <-chan struct{}, in *fuse.ReadIn, out *fuse.DirEntryList) fuse.Status {
	return s.list(in, func(e fuse.DirEntry, _ *erofs.Stat) bool { return out.AddDirEntry(e) })
}

func (s *server) ReadDirPlus(_ <-chan struct{}, in *fuse.ReadIn, out *fuse.DirEntryList) fuse.Status {
	return s.list(in, func(e fuse.DirEntry, st *erofs.Stat) bool {
		entry := out.AddDirLookupEntry(e)
		if entry != nil && e.Name != "." && e.Name != ".." {
			s.entry(st, entry)
		}
		return entry != nil
	})
}

func (s *server) list(in *fuse.ReadIn, add func(fuse.DirEntry, *erofs.Stat) bool) fuse.Status {
	dir, code := s.stat(in.NodeId)
	if !code.Ok() {
		return code
	}
	err := s.view.Entries(&dir, in.Offset, func(e erofs.ViewEntry) bool {
		var st erofs.Stat
		if st, code = s.stat(e.Nid); !code.Ok() {
			return false
		}
		return device(&st) || add(fuse.DirEntry{Name: string(e.Name), Ino: e.Nid, Mode: st.Mode & unix.S_IFMT, Off: e.Next}, &st)
	})
	if !code.Ok() {
		return code
	}
	return status(err)
}

// xattrs returns the xattrs that the mount shows.
func (s *server) xattrs(node uint64) (names []string, values map[string][]byte, code fuse.Status) {
	st, code := s.stat(node)
	if !code.Ok() {
		return nil, nil, code
	}
	values = map[string][]byte{}
	err := s.view.Xattrs(&st, func(x erofs.ViewXattr) bool {
		name := x.Prefix + string(x.Suffix)
		rest, marks := strings.CutPrefix(name, "trusted.overlay.")
		if marks {
			name = "user.overlay." + rest
		}
		if x.Prefix != "" && (marks || !strings.HasPrefix(name, "user.overlay.")) {
			names = append(names, name)
			values[name] = x.Value
		}
		return true
	})
	return names, values, status(err)
}

func (s *server) GetXAttr(_ <-chan struct{}, h *fuse.InHeader, name string, dest []byte) (uint32, fuse.Status) {
	_, values, code := s.xattrs(h.NodeId)
	value, ok := values[name]
	switch {
	case name == "user." || name == "trusted." || name == "security.": // these two as EROFS
		code = fuse.EINVAL
	case strings.HasPrefix(name, "system.") && name != "system.posix_acl_access" && name != "system.posix_acl_default":
		code = fuse.Status(unix.EOPNOTSUPP)
	case code.Ok() && !ok:
		code = fuse.ENOATTR
	}
	return fill(dest, value, code)
}

func (s *server) ListXAttr(_ <-chan struct{}, h *fuse.InHeader, dest []byte) (uint32, fuse.Status) {
	names, _, code := s.xattrs(h.NodeId)
	list := strings.Join(append(names, ""), "\x00")
	return fill(dest, []byte(list), code)
}

// fill copies b if there is room, and returns its size.
func fill(dest, b []byte, code fuse.Status) (uint32, fuse.Status) {
	if code.Ok() && len(b) > len(dest) {
		code = fuse.ERANGE
	}
	copy(dest, b)
	return uint32(len(b)), code
}

func (s *server) StatFs(_ <-chan struct{}, _ *fuse.InHeader, out *fuse.StatfsOut) fuse.Status {
	*out = fuse.StatfsOut{Blocks: s.view.Blocks(), Files: s.view.Inodes(), Bsize: 4096, NameLen: 255, Frsize: 4096}
	return fuse.OK
}
