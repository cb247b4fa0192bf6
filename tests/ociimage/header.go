package ociimage

import (
	"archive/tar"
	"encoding/binary"
	"math"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

var typeflags = map[uint32]byte{
	tree.TypeRegular: tar.TypeReg, tree.TypeDir: tar.TypeDir, tree.TypeSymlink: tar.TypeSymlink, hardLink: tar.TypeLink,
	tree.TypeFifo: tar.TypeFifo, tree.TypeChar: tar.TypeChar, tree.TypeBlock: tar.TypeBlock,
}

// header draws the metadata of an entry, and their visible form.
func (g *generator) header(kind uint32) (tar.Header, tree.Inode) {
	h := tar.Header{
		Typeflag: typeflags[kind],
		Format:   pick(g, tar.FormatUSTAR, tar.FormatGNU, tar.FormatPAX, tar.FormatPAX),
		Mode:     pick[int64](g, 0o644, 0o755, 0o600, 0o777, 0o1777, 0o4755, 0o2755, 0o6711, 0, g.r.Int64N(0o10000)),
		Uname:    pick(g, "", "root", "daemon"), // must not matter
	}
	g.countIf(h.Mode&0o7000 != 0, "setuid, setgid or sticky")
	h.Uid, h.Gid = g.id(h.Format), g.id(h.Format)
	h.ModTime = g.time(h.Format, kind)
	n := tree.Inode{Mode: kind | uint32(h.Mode), UID: uint32(h.Uid), GID: uint32(h.Gid)}
	if kind == tree.TypeSymlink {
		n.Mode = kind | 0o777
	}
	n.MtimeSec, n.MtimeNsec = seenTime(h.ModTime, kind)
	if h.Format == tar.FormatPAX {
		if g.oneIn(10) {
			h.AccessTime = time.Unix(g.r.Int64N(1<<31), 0)
		}
		if g.oneIn(3) {
			g.xattrs(&h, &n)
		}
	}
	return h, n
}

func (g *generator) globalHeader() tar.Header {
	return tar.Header{
		Typeflag: tar.TypeXGlobalHeader, Format: tar.FormatPAX,
		PAXRecords: map[string]string{"comment": "of no effect", "uid": "7", "mtime": "7"},
	}
}

func (g *generator) id(f tar.Format) int {
	id := 0
	if g.oneIn(3) {
		id = pick(g, 1, 1000, 65534, 65535, 65536, 0o7777777, 0o7777777+1, math.MaxInt32, math.MaxUint32-1)
	}
	if f == tar.FormatUSTAR {
		id &= 0o7777777
	}
	g.countIf(id > math.MaxInt32, "id of 32 bits")
	return id
}

// time draws a modification time that the format can hold.
func (g *generator) time(f tar.Format, kind uint32) time.Time {
	const year2300 = 10413792000
	sec := pick[int64](g, 0, 1, 1700000000, 1700000000, 1700000000+g.r.Int64N(1e6), 1<<31-1, 1<<31, 1<<32, 8e9)
	nsec := int64(0)
	if f != tar.FormatUSTAR && g.oneIn(6) {
		sec = pick[int64](g, -1, -1000000, -1<<31+1)
		g.count("time before 1970")
	}
	if f == tar.FormatPAX && g.oneIn(2) {
		nsec = pick[int64](g, 1, 999999999, 500000000, g.r.Int64N(1e9))
		g.count("nanoseconds")
	}
	// A symlink of that time is made with a time that depends on how int64
	// overflows: tests/stock.
	if kind != tree.TypeSymlink && f != tar.FormatUSTAR && g.oneIn(12) {
		sec = year2300
		g.count("time after 2262")
	}
	return time.Unix(sec, nsec)
}

// seenTime is the form that the stock driver gives a time: outside of 1970 to 2262 it is 0,
// on symlinks it stays.
func seenTime(t time.Time, kind uint32) (int64, uint32) {
	if kind != tree.TypeSymlink && (t.Before(time.Unix(0, 0)) || t.After(time.Unix(0, math.MaxInt64))) {
		return 0, 0
	}
	return t.Unix(), uint32(t.Nanosecond())
}

const validCapability = "\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" // cap_net_raw=ep

const (
	accessACL  = "system.posix_acl_access"
	defaultACL = "system.posix_acl_default"
	capability = "security.capability"
)

// xattrs adds xattrs to a header, and to its visible form.
func (g *generator) xattrs(h *tar.Header, n *tree.Inode) {
	h.PAXRecords = map[string]string{}
	set := func(name, value string) {
		h.PAXRecords["SCHILY.xattr."+name] = value
		if name != "security.selinux" {
			n.Xattrs = n.Xattrs.With(name, value)
		}
	}
	value := func() string { return pick(g, "", "a", "a\nb=c\x00", g.bytes(64), g.bytes(g.r.IntN(300))) }
	if g.oneIn(2) {
		set("trusted.foo", value())
		g.count("trusted.foo")
	}
	if g.oneIn(3) {
		set("security.selinux", "system_u:object_r:bin_t:s0\x00")
		g.count("security.selinux, to be dropped")
	}
	file, dir := n.Type() == tree.TypeRegular, n.IsDir()
	if file || dir {
		if g.oneIn(2) {
			set(pick(g, "user.a", "user.b", "user.a b", "user.\xc3\xa9", "user.mime_type"), value())
			g.count("user.*")
		}
		if g.oneIn(5) {
			set(accessACL, acl(n.Mode))
			g.count("access ACL")
		}
	}
	if file && g.oneIn(4) {
		set(capability, validCapability)
		g.count("security.capability")
	}
	if dir && g.oneIn(6) {
		set(defaultACL, acl(0o750))
		g.count("default ACL")
	}
}

// acl returns an ACL with an entry for user 1000 that agrees with a mode. The kernel
// does not keep one with the information of the mode only.
func acl(mode uint32) string {
	b := []byte{2, 0, 0, 0}
	for _, e := range []struct{ tag, perm, id uint32 }{
		{1, mode >> 6, math.MaxUint32}, // the owner
		{2, 5, 1000},
		{4, 4, math.MaxUint32},            // the group
		{0x10, mode >> 3, math.MaxUint32}, // the mask
		{0x20, mode, math.MaxUint32},      // others
	} {
		b = binary.LittleEndian.AppendUint16(b, uint16(e.tag))
		b = binary.LittleEndian.AppendUint16(b, uint16(e.perm&7))
		b = binary.LittleEndian.AppendUint32(b, e.id)
	}
	return string(b)
}

func (g *generator) bytes(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(g.r.UintN(256))
	}
	return string(b)
}
