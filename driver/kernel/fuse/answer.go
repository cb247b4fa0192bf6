package fuse

import (
	"bytes"
	"errors"
	"io/fs"
	"math"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// forever is a time in seconds for which the kernel may keep names and attributes. The image never changes.
const forever = math.MaxUint32

// dataMax is the largest answer in bytes without its header. The kernel asks for as many bytes of a
// directory at once.
const dataMax = 128 << 10

// noAnswer is the error of a request that gets no answer.
const noAnswer = unix.Errno(math.MaxInt32)

// answer writes the answer to a request into out, which has dataMax bytes, and returns its size or an error. It reads
// the image only.
func (s *Server) answer(h inHeader, in, out []byte) (n int, errno unix.Errno) {
	switch h.op {
	case opForget, opBatchForget, opInterrupt:
		return 0, noAnswer
	case opInit:
		return s.init(in, out)
	case opDestroy, opRelease, opReleasedir:
		return 0, 0
	case opIoctl:
		return 0, unix.ENOTTY // as a file system without flags: overlayfs asks for them before a copy-up
	case opStatfs:
		return s.statfs(out), 0
	case opLookup, opGetattr, opReadlink, opRead, opGetxattr, opListxattr, opReaddir, opReaddirplus:
	default:
		// The kernel does not ask again. ENOSYS for open and opendir makes it cache contents and listings.
		return 0, unix.ENOSYS
	}
	st, err := s.view.Stat(s.nid(h.node))
	if err != nil {
		return 0, unix.EIO
	}
	n, err = s.about(h, &st, in, out)
	return n, errnoOf(err)
}

// about answers a request about an inode.
func (s *Server) about(h inHeader, st *erofs.Stat, in, out []byte) (int, error) {
	switch h.op {
	case opLookup:
		return s.lookup(st, in, out)
	case opGetattr:
		clear(out[:attrOutSize])
		ne.PutUint64(out, forever)
		putAttr(out[16:], st)
		return attrOutSize, nil
	case opReadlink:
		if st.Mode&tree.TypeMask != tree.TypeSymlink {
			return 0, unix.EINVAL
		}
		return s.view.ReadAt(st, out, 0)
	case opRead:
		if len(in) < readInSize || st.IsDir() {
			return 0, unix.EINVAL
		}
		return s.view.ReadAt(st, limited(out, ne.Uint32(in[16:])), ne.Uint64(in[8:]))
	case opGetxattr:
		return s.getxattr(st, in, out)
	case opListxattr:
		return s.listxattr(st, in, out)
	default:
		return s.readdir(st, in, out, h.op == opReaddirplus)
	}
}

// errnoOf returns the error that the kernel gets.
func errnoOf(err error) unix.Errno {
	var errno unix.Errno
	switch {
	case err == nil:
		return 0
	case errors.As(err, &errno):
		return errno
	default:
		return unix.EIO // the image is corrupt
	}
}

// nid returns the node id in the image of a node id of FUSE, and id the reverse.
func (s *Server) nid(node uint64) uint64 {
	if node == rootID {
		return s.view.Root()
	}
	return node
}

func (s *Server) id(nid uint64) uint64 {
	if nid == s.view.Root() {
		return rootID
	}
	return nid
}

// limited returns the first bytes of out, at most as many as the kernel has room for.
func limited(out []byte, size uint32) []byte { return out[:min(uint64(size), uint64(len(out)))] }

// init agrees on the protocol.
func (s *Server) init(in, out []byte) (int, unix.Errno) {
	if len(in) < initInSize {
		return 0, unix.EINVAL
	}
	have := uint64(ne.Uint32(in[12:]))
	if len(in) >= initInSize+4 && have&initExt != 0 {
		have |= uint64(ne.Uint32(in[16:])) << 32
	}
	if ne.Uint32(in) != major || ne.Uint32(in[4:]) < minorMin {
		return 0, unix.EPROTO
	}
	flags := uint64(asyncRead | bigWrites | doReaddirplus | noOpenSupport | parallelDirops | maxPages | cacheSymlinks |
		noOpendirSupport | explicitInvalData | initExt | hasResend | allowIDMap)
	if s.view.HasACL() {
		flags |= posixACL
	}
	flags &= have
	clear(out[:initOutSize])
	ne.PutUint32(out[0:], major)
	ne.PutUint32(out[4:], min(minorMax, ne.Uint32(in[4:])))
	ne.PutUint32(out[8:], ne.Uint32(in[8:])) // max_readahead
	ne.PutUint32(out[12:], uint32(flags))
	ne.PutUint16(out[16:], 64)           // max_background
	ne.PutUint16(out[18:], 48)           // congestion_threshold
	ne.PutUint32(out[20:], dataMax)      // max_write
	ne.PutUint32(out[24:], 1)            // time_gran: nanoseconds
	ne.PutUint16(out[28:], dataMax/4096) // max_pages
	ne.PutUint32(out[32:], uint32(flags>>32))
	return initOutSize, 0
}

func (s *Server) statfs(out []byte) int {
	clear(out[:statfsOutSize])
	ne.PutUint64(out[0:], s.view.Blocks())
	ne.PutUint64(out[24:], s.view.Inodes())
	ne.PutUint32(out[40:], 4096) // bsize
	ne.PutUint32(out[44:], tree.NameMax)
	ne.PutUint32(out[48:], 4096) // frsize
	return statfsOutSize
}

func (s *Server) lookup(dir *erofs.Stat, in, out []byte) (int, error) {
	if !dir.IsDir() {
		return 0, unix.ENOTDIR
	}
	nid, err := s.view.Lookup(dir, cString(in))
	var st erofs.Stat
	if err == nil {
		st, err = s.view.Stat(nid)
	}
	if errors.Is(err, fs.ErrNotExist) || err == nil && isDevice(&st) {
		clear(out[:entryOutSize]) // the node id 0: the kernel remembers that the name is missing
		ne.PutUint64(out[16:], forever)
		return entryOutSize, nil
	}
	if err != nil {
		return 0, err
	}
	return entryOutSize, s.putEntry(out, nid, &st)
}

// isDevice reports whether a file is a device. Users cannot copy up devices, and plain layers of users have none,
// so the server hides them. Whiteouts are not devices.
func isDevice(st *erofs.Stat) bool {
	t := st.Mode & unix.S_IFMT
	return t == unix.S_IFBLK || t == unix.S_IFCHR && st.Rdev != 0
}

// putEntry encodes a fuse_entry_out.
func (s *Server) putEntry(b []byte, nid uint64, st *erofs.Stat) error {
	if nid == 0 {
		return erofs.ErrCorrupt // it would mean a missing name
	}
	clear(b[:entryOutSize])
	ne.PutUint64(b[0:], s.id(nid))
	ne.PutUint64(b[16:], forever) // entry_valid
	ne.PutUint64(b[24:], forever) // attr_valid
	putAttr(b[attrOffset:], st)
	return nil
}

// putAttr encodes a struct fuse_attr.
func putAttr(b []byte, st *erofs.Stat) {
	ne.PutUint64(b[0:], st.Nid)
	ne.PutUint64(b[8:], st.Size)
	ne.PutUint64(b[16:], (st.Size+4095)/4096*8) // as EROFS
	for i := range 3 {                          // atime, mtime, ctime
		ne.PutUint64(b[24+8*i:], uint64(st.MtimeSec))
		ne.PutUint32(b[48+4*i:], st.MtimeNsec)
	}
	ne.PutUint32(b[60:], st.Mode)
	ne.PutUint32(b[64:], st.Nlink)
	ne.PutUint32(b[68:], st.UID)
	ne.PutUint32(b[72:], st.GID)
	ne.PutUint32(b[76:], st.Rdev)
	ne.PutUint32(b[80:], 4096) // blksize
	ne.PutUint32(b[84:], 0)    // flags
}

// getxattr answers with the value of an xattr, or with its size if the kernel has no room.
func (s *Server) getxattr(st *erofs.Stat, in, out []byte) (n int, err error) {
	if len(in) < xattrInSize {
		return 0, unix.EINVAL
	}
	name, err := inImage(cString(in[xattrInSize:]))
	if err != nil {
		return 0, err
	}
	missing := true
	var value []byte
	err = s.view.Xattrs(st, func(x erofs.ViewXattr) bool {
		if x.Prefix == "" || !x.Is(name) {
			return true
		}
		missing, value = false, x.Value
		return false
	})
	if err == nil && missing {
		err = unix.ENODATA
	}
	if err != nil {
		return 0, err
	}
	return fit(out, value, ne.Uint32(in))
}

// listxattr answers with the names of the xattrs, or with their size if the kernel has no room.
func (s *Server) listxattr(st *erofs.Stat, in, out []byte) (int, error) {
	if len(in) < xattrInSize {
		return 0, unix.EINVAL
	}
	names := out[:0]
	err := s.view.Xattrs(st, func(x erofs.ViewXattr) bool {
		names = appendShown(names, x)
		return true
	})
	if err != nil {
		return 0, err
	}
	if len(names) > len(out) {
		return 0, unix.E2BIG // the list is longer than the kernel's limit of 64 KiB
	}
	return fit(out, names, ne.Uint32(in))
}

// fit answers with b, or with its size if the kernel has no room.
func fit(out, b []byte, room uint32) (int, error) {
	switch {
	case room == 0:
		size := len(b)
		clear(out[:xattrOutSize])
		ne.PutUint32(out, uint32(size))
		return xattrOutSize, nil
	case uint64(room) < uint64(len(b)):
		return 0, unix.ERANGE
	}
	return copy(out, b), nil
}

// Prefixes of the xattrs on which overlayfs acts, in the image and with userxattr.
const (
	imagePrefix = "trusted.overlay."
	shownPrefix = "user.overlay."
)

// inImage returns the name in the image of an xattr of the mount. For a name that no file can have it
// returns the error of EROFS.
func inImage(name string) (string, error) {
	if rest, ok := strings.CutPrefix(name, shownPrefix); ok {
		return imagePrefix + rest, nil
	}
	switch {
	case strings.HasPrefix(name, imagePrefix):
		return "", unix.ENODATA // only by the name with shownPrefix
	case name == "user." || name == "trusted." || name == "security.":
		return "", unix.EINVAL
	case strings.HasPrefix(name, "system.") && name != "system.posix_acl_access" && name != "system.posix_acl_default":
		return "", unix.EOPNOTSUPP
	}
	return name, nil
}

// appendShown appends the name of an xattr as the mount shows it, and a zero byte. Names user.overlay.* of the image
// are for overlays inside containers; the image has each as trusted.overlay.overlay.* too, which the mount
// shows.
func appendShown(names []byte, x erofs.ViewXattr) []byte {
	rest, marks := bytes.CutPrefix(x.Suffix, []byte("overlay."))
	switch {
	case marks && x.Prefix == "user." || x.Prefix == "":
		return names // EROFS too shows no names without a known prefix
	case marks && x.Prefix == "trusted.":
		names = append(append(names, shownPrefix...), rest...)
	default:
		names = append(append(names, x.Prefix...), x.Suffix...)
	}
	return append(names, 0)
}

// readdir answers with entries of a directory, and with their attributes if plus is set.
func (s *Server) readdir(dir *erofs.Stat, in, out []byte, plus bool) (n int, err error) {
	if len(in) < readInSize {
		return 0, unix.EINVAL
	}
	if !dir.IsDir() {
		return 0, unix.ENOTDIR
	}
	out = limited(out, ne.Uint32(in[16:]))
	before := 0
	if plus {
		before = entryOutSize
	}
	var entryErr error
	err = s.view.Entries(dir, ne.Uint64(in[8:]), func(e erofs.ViewEntry) bool {
		dots := string(e.Name) == "." || string(e.Name) == ".."
		var st erofs.Stat
		if mayBeDevice := e.Type == 0 || e.Type == unix.S_IFCHR || e.Type == unix.S_IFBLK; !dots && (plus || mayBeDevice) {
			if st, entryErr = s.view.Stat(e.Nid); entryErr != nil {
				return false
			}
			if isDevice(&st) {
				return true
			}
		}
		size := before + (direntSize+len(e.Name)+7)&^7
		if n+size > len(out) {
			return false
		}
		b := out[n : n+size]
		if plus {
			clear(b[:entryOutSize]) // no attributes of "." and ".."
			if !dots {
				if entryErr = s.putEntry(b, e.Nid, &st); entryErr != nil {
					return false
				}
			}
		}
		putDirent(b[before:], e)
		n += size
		return true
	})
	if err == nil {
		err = entryErr
	}
	return n, err
}

// putDirent encodes a struct fuse_dirent, filled up with zeros.
func putDirent(b []byte, e erofs.ViewEntry) {
	ne.PutUint64(b[0:], e.Nid)
	ne.PutUint64(b[8:], e.Next)
	ne.PutUint32(b[16:], uint32(len(e.Name)))
	ne.PutUint32(b[20:], e.Type>>12)
	clear(b[direntSize+copy(b[direntSize:], e.Name):])
}

// cString returns b up to its first zero byte.
func cString(b []byte) string {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return string(b)
}
