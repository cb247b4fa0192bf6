package layertest

import (
	"archive/tar"
	"encoding/binary"
	"strings"
	"time"
)

func metadata() []Case {
	at := func(e Entry, t time.Time) Entry { return e.With(func(h *tar.Header) { h.ModTime = t }) }
	return []Case{{
		Name: "implied parents", Guards: "a private directory becomes public", Stock: Differs,
		Layers: layers(of(Dir("priv").Owner(1000, 1000, 0o700).Xattr("user.a", "1"), File("priv/a", "a")),
			of(File("priv/extra", "b"), File("new/dir/c", "c"))),
		Want: `new/ new/dir/ new/dir/c="c" priv/ priv/a="a" priv/extra="b"`,
	}, {
		Name: "times", Guards: "times that are cut, rounded or shifted",
		Layers: layers(of(at(File("ns", "1"), time.Unix(1, 1)), at(File("epoch", "2"), time.Unix(0, 0)), at(File("late", "3"), time.Unix(1<<33, 999_999_999)),
			at(File("before", "4"), time.Unix(-1, 5)), at(Symlink("link before", "x"), time.Unix(-86400, 5)),
			at(File("after", "5"), time.Unix(1<<34, 0)), at(Dir("d"), time.Unix(-5, 0)), at(Link("hard", "ns"), time.Unix(7, 7)))),
	}, {
		Name: "owners", Guards: "ids of 16 or 31 bits",
		Layers: layers(of(File("a", "1").Owner(id(1<<32-2), id(1<<32-2), 0o644), File("b", "2").Owner(65535, 65536, 0o644), Dir("d").Owner(id(1<<31), 1<<31-1, 0o755))),
	}, {
		Name: "owner that is none", Guards: "an id that chown(2) does not set",
		Layers: layers(of(File("a", "1").Owner(id(1<<32-1), 5, 0o644), Link("b", "a").Owner(7, id(1<<32-1), 0o644))),
	}, {
		Name: "special modes", Guards: "bits that chown or the type clear",
		Layers: layers(of(File("suid", "1").Owner(5, 5, 0o4755), File("sgid", "2").Owner(5, 5, 0o2755), Dir("sticky").Owner(0, 0, 0o1777),
			File("none", "3").Owner(0, 0, 0), File("type bits", "4").Owner(0, 0, 0o100640), Symlink("link", "x").Owner(9, 9, 0o600),
			fifo("pipe").Owner(3, 0, 0o6620), Link("suid2", "suid").Owner(5, 5, 0o4755))),
	}, {
		Name: "devices", Guards: "device numbers that are cut",
		Layers: layers(of(Device("c", 1, 3), Device("large", 4095, 1<<20-1), Device("over", 4096+7, 1<<20+9),
			Entry{Header: tar.Header{Typeflag: tar.TypeBlock, Name: "b00", Mode: 0o660}},
			Entry{Header: tar.Header{Typeflag: tar.TypeBlock, Name: "b", Mode: 0o660, Devmajor: 8, Devminor: 300}})),
	}}
}

// acl returns a POSIX ACL from tags, permissions and ids.
func acl(entries ...[3]uint32) string {
	b := binary.LittleEndian.AppendUint32(nil, 2)
	for _, e := range entries {
		b = binary.LittleEndian.AppendUint16(b, uint16(e[0]))
		b = binary.LittleEndian.AppendUint16(b, uint16(e[1]))
		b = binary.LittleEndian.AppendUint32(b, e[2])
	}
	return string(b)
}

const noID = 1<<32 - 1

func fifo(name string) Entry {
	return Entry{Header: tar.Header{Typeflag: tar.TypeFifo, Name: name, Mode: 0o600}}
}

func xattrs() []Case {
	const access, def, capa = "system.posix_acl_access", "system.posix_acl_default", "security.capability"
	capability := "\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	capability3 := func(root string) string { return "\x01\x00\x00\x03" + capability[4:] + root }
	full := acl([3]uint32{1, 6, noID}, [3]uint32{2, 7, 1000}, [3]uint32{4, 4, noID}, [3]uint32{0x10, 5, noID}, [3]uint32{0x20, 4, noID})
	return []Case{{
		Name: "xattrs", Guards: "names or values that are cut",
		Layers: layers(of(File("f", "f").Xattr("user.a", "1").Xattr("user.bin", "\xff\x01=\n").Xattr("user.e.m.p", "x").Xattr("trusted.t", "2").Xattr("user."+strings.Repeat("n", 250), strings.Repeat("v", 1000)),
			Dir("d").Xattr("user.a", "1"), Symlink("l", "f").Xattr("trusted.t", "3"), Device("c", 1, 3).Xattr("trusted.t", "4"))),
	}, {
		Name: "xattrs of an upper layer", Guards: "xattrs of both layers on one directory",
		Layers: layers(of(Dir("d").Xattr("user.a", "1"), File("d/x", "x")), of(Dir("d").Xattr("user.b", "2"))),
	}, {
		Name: "xattrs that stay behind", Guards: "a label of another host, or a name that Linux does not know",
		Layers: layers(of(File("f", "f").Xattr("security.selinux", "system_u:object_r:etc_t:s0").Xattr("com.apple.quarantine", "x").Xattr("system.nfs4_acl", "x").Xattr("user.a", "1"))),
	}, {
		Name: "capabilities", Guards: "capabilities that chown clears",
		Layers: layers(of(File("ping", "p").Owner(0, 5, 0o755).Xattr("security.capability", capability))),
	}, {
		Name: "capabilities and hard links", Guards: "capabilities of another header than the last",
		Layers: layers(of(File("a", "a").Xattr("security.capability", capability), Link("b", "a").Xattr("security.capability", capability),
			File("c", "c").Xattr("security.capability", capability), Link("d", "c"))),
	}, {
		Name: "capabilities of files that cannot run", Guards: "an xattr that containers cannot copy up",
		Layers: layers(of(Dir("d").Xattr(capa, capability), Symlink("l", "d").Xattr(capa, capability), Device("c", 1, 3).Xattr(capa, capability), fifo("p").Xattr(capa, capability))),
		Want:   `c(1,3) d/ l->d p|`,
	}, {
		Name: "capabilities of a user namespace", Guards: "the root that they are for is lost",
		Layers: layers(of(File("f", "f").Xattr(capa, capability3("\xe8\x03\x00\x00")), File("g", "g").Xattr(capa, capability3("\x00\x00\x00\x00")))), Want: `f="f" g="g"`,
	}, {
		Name: "capabilities of revision 1", Guards: "capabilities that Linux cannot read, so that containers cannot copy the file up", Stock: Refuses,
		Layers: layers(of(File("f", "f").Xattr(capa, "\x01\x00\x00\x01"+capability[4:12]))), Err: `entry "f": xattr "security.capability": malformed file capability`,
	}, {
		Name: "malformed capabilities", Guards: "capabilities that Linux cannot read", Stock: Refuses,
		Layers: layers(of(File("f", "f").Xattr(capa, capability[:19]))), Err: `entry "f": xattr "security.capability": malformed file capability`,
	}, {
		Name: "capabilities of no user namespace", Guards: "capabilities that Linux cannot read", Stock: Refuses,
		Layers: layers(of(File("f", "f").Xattr(capa, capability3("\xff\xff\xff\xff")))), Err: `entry "f": xattr "security.capability": malformed file capability`,
	}, {
		Name: "user xattrs of files that can have none", Guards: "xattrs that containers cannot copy up: chmod returns ENODATA", Stock: Refuses,
		Layers: layers(of(
			Symlink("l", "f").Xattr("user.a", "1").Xattr("trusted.t", "t"), Device("c", 1, 3).Xattr("user.a", "1").Xattr("trusted.t", "t"),
			Entry{Header: tar.Header{Typeflag: tar.TypeBlock, Name: "b", Mode: 0o660, Devmajor: 8}}.Xattr("user.a", "1"), fifo("p").Xattr("user.a", "1"),
			Link("l2", "l").Xattr("user.b", "2"), Link("c2", "c").Xattr("user.b", "2"), Link("p2", "p").Xattr("user.b", "2"),
			File("f", "f").Xattr("user.a", "1"), Link("f2", "f").Xattr("user.b", "2"), Dir("sticky").Owner(5, 5, 0o1777).Xattr("user.a", "1"))),
		Want: `b(8,0) c(1,3) c2==c f="f" f2==f l->f l2==l p| p2==p sticky/`,
	}, {
		Name: "ACLs", Guards: "a mode and an ACL that say different things",
		Layers: layers(of(File("f", "f").Owner(0, 0, 0o654).Xattr(access, full), File("g", "g").Owner(0, 0, 0o4600).Xattr(access, full),
			File("minimal", "m").Owner(0, 0, 0o600).Xattr(access, acl([3]uint32{1, 7, noID}, [3]uint32{4, 5, noID}, [3]uint32{0x20, 5, noID})),
			Dir("d").Owner(0, 0, 0o754).Xattr(access, full).Xattr(def, full), Dir("e").Xattr(def, acl([3]uint32{1, 7, noID}, [3]uint32{4, 5, 77}, [3]uint32{0x20, 5, noID})), Dir("empty").Xattr(access, acl()).Xattr(def, acl()),
			Symlink("l", "f").Xattr(access, full), Device("c", 1, 3).Xattr(access, full))),
	}, {
		Name: "default ACL above other entries", Guards: "an ACL that they do not have, but inherit when they are unpacked", Stock: Differs,
		Layers: layers(of(Dir("d").Owner(0, 0, 0o754).Xattr(access, full).Xattr(def, full), File("d/in", "in"), Dir("d/sub"))),
		Want:   `d/ d/in="in" d/sub/`,
	}, {
		Name: "ACL of another version", Guards: "an ACL that the kernel refuses to read",
		Layers: layers(of(File("f", "f").Xattr(access, "nonsense"))), Want: `f="f"`,
	}, {
		Name: "malformed ACL", Guards: "an ACL that the kernel refuses to read", Stock: Refuses,
		Layers: layers(of(File("f", "f").Xattr(access, full[:len(full)-1]))), Err: `entry "f": xattr "system.posix_acl_access": malformed POSIX ACL`,
	}, {
		Name: "ACL without a mask", Guards: "an ACL that the kernel refuses to read", Stock: Refuses,
		Layers: layers(of(File("f", "f").Xattr(access, acl([3]uint32{1, 6, noID}, [3]uint32{2, 7, 1}, [3]uint32{4, 4, noID}, [3]uint32{0x20, 4, noID})))), Err: `malformed POSIX ACL`,
	}, {
		Name: "ACL of no user", Guards: "an ACL that the kernel refuses to read", Stock: Refuses,
		Layers: layers(of(File("f", "f").Xattr(access, acl([3]uint32{1, 6, noID}, [3]uint32{2, 7, noID}, [3]uint32{4, 4, noID}, [3]uint32{0x10, 5, noID}, [3]uint32{0x20, 4, noID})))), Err: `malformed POSIX ACL`,
	}, {
		Name: "default ACL of a file", Guards: "an ACL where none can be", Stock: Refuses,
		Layers: layers(of(File("f", "f").Xattr(def, full))), Err: `entry "f": xattr "system.posix_acl_default": a default ACL on a file that is not a directory`,
	}, {
		Name: "xattrs in libarchive's form", Guards: "xattrs that are lost, as the unpacker loses them", Stock: Differs,
		Layers: layers(of(File("f", "f").Record("LIBARCHIVE.xattr.user.a%20b", "dmFsdWU").Record("LIBARCHIVE.xattr.user.both", "bm8=").Xattr("user.both", "yes"))),
		Want:   `f="f"`,
	}, {
		Name: "damaged xattr in libarchive's form", Guards: "a wrong value",
		Stock: Differs, Layers: layers(of(File("f", "f").Record("LIBARCHIVE.xattr.user.a", "!!!"))), Err: `entry "f": PAX record "LIBARCHIVE.xattr.user.a"`,
	}}
}

func lookalikes() []Case {
	return []Case{{
		Name: "device 0:0", Guards: "a device of a nested store acts as a whiteout, as with plain overlay", Stock: Differs,
		Layers: layers(of(File("f", "f"), Dir("d"), File("d/x", "x")), of(Device("f", 0, 0), Device("d/x", 0, 0))), Want: `d/ d/x(0,0) f(0,0)`,
	}, {
		Name: "xattrs of a nested store", Guards: "they act on the mount, as with plain overlay, or are lost", Stock: Differs,
		Layers: layers(of(Dir("d"), File("d/a", "a"), File("real", "content")),
			of(Dir("d").Xattr("trusted.overlay.opaque", "y").Xattr("trusted.overlay.composefs.implied", ""),
				File("f", "f").Xattr("trusted.overlay.metacopy", "").Xattr("trusted.overlay.redirect", "/real").Xattr("trusted.overlay.overlay.x", "1"))),
		Want: `d/ d/a="a" f="f" real="content"`,
	}, {
		Name: "long xattrs of a nested store", Guards: "names that are too long where they are escaped: containers cannot copy the file up",
		Layers: layers(of(File("f", "f").Xattr("trusted.overlay."+strings.Repeat("n", 239), "1"), Dir("d").Xattr("trusted.overlay."+strings.Repeat("n", 232), "1"))),
		Want:   `d/ f="f"`,
	}, {
		Name: "xattrs of a nested rootless store", Guards: "they act on the mount, or are lost",
		Layers: layers(of(Dir("d"), File("d/a", "a")), of(Dir("d").Xattr("user.overlay.opaque", "y"), File("d/b", "").Xattr("user.overlay.whiteout", ""))),
	}, {
		Name: "whiteout of no name", Guards: "a whiteout of its own directory", Stock: Refuses,
		Layers: layers(of(Dir("d"), wh("d/.wh."))), Err: `entry "d/.wh.": a whiteout must name the file to delete`,
	}, {
		Name: "whiteout of .", Guards: "a whiteout of its own directory", Stock: Refuses,
		Layers: layers(of(Dir("d"), wh("d/.wh.."))), Err: `entry "d/.wh..": a whiteout must name the file to delete`,
	}, {
		Name: "whiteout of ..", Guards: "a whiteout of the directory above", Stock: Refuses,
		Layers: layers(of(Dir("d"), wh("d/.wh..."))), Err: `entry "d/.wh...": a whiteout must name the file to delete`,
	}, {
		Name: "whiteouts of names that begin with .wh.", Guards: "AUFS's own names appear",
		Layers: layers(of(File("f", "f")), of(wh(".wh..wh.plnk"), wh(".wh..wh..tmp"), wh(".wh..wh."))), Want: `f="f"`,
	}, {
		Name: "directory named like a whiteout", Guards: "a whiteout that is none",
		Layers: layers(of(File("x", "x"), Dir("d")), of(File(".wh.x/f", "f"))), Want: `.wh.x/ .wh.x/f="f" d/ x="x"`,
	}, {
		Name: "names near a whiteout's", Guards: "a prefix that is looked for too loosely",
		Layers: layers(of(File("f", "f")), of(File(".wh", "1"), File("a.wh.f", "2"), File(".WH.f", "3"))), Want: `.WH.f="3" .wh="1" a.wh.f="2" f="f"`,
	}}
}

// sizes around every limit: inline content, blocks of fs-verity, chunks.
var sizes = []int{0, 1, 63, 64, 65, 4095, 4096, 4097, 128<<10 - 1, 128 << 10, 128<<10 + 1, 512<<10 + 1, 1<<20 - 1, 1 << 20, 1<<20 + 1}

func contents() []Case {
	var files []Entry
	for _, size := range sizes {
		name := strings.Repeat("s", size%97+1) + time.Duration(size).String()
		files = append(files, File(name, strings.Repeat(name, size/len(name)+1)[:size]))
	}
	return []Case{{
		Name: "sizes around limits", Guards: "contents that are cut, or small files that are lost",
		Layers: layers(files),
	}, {
		Name: "sparse file in PAX form", Guards: "the map is taken for content",
		Layers: layers(of(SparsePAX("sparse", 100_000, "data"), File("after", "x"))), Want: `after="x" sparse=100004`,
	}, {
		Name: "sparse file in PAX form 0.1", Guards: "holes are lost",
		Layers: layers(of(SparsePAX01("sparse", 5000, "data"), File("after", "x"))), Want: `after="x" sparse=5004`,
	}, {
		Name: "sparse file in GNU form", Guards: "an unknown type", Stock: Refuses,
		Layers: layers(of(SparseGNU("sparse", 5000, "data"), File("after", "x"))), Want: `after="x" sparse=5004`,
	}, {
		Name: "contiguous file", Guards: "an unknown type", Stock: Refuses,
		Layers: layers(of(OfType('7', "f", "content"))), Want: `f="content"`,
	}, {
		Name: "global header", Guards: "a file of that name",
		Layers: layers(of(Global("comment", "0123456789"), File("f", "f"))), Want: `f="f"`,
	}, {
		Name: "empty stream", Guards: "an error for an empty layer",
		Layers: [][]byte{{}}, Want: ``,
	}, {
		Name: "garbage after the end marker", Guards: "bytes that the layer's digest misses",
		Layers: [][]byte{append(Tar(File("f", "f")), strings.Repeat("garbage", 100_000)...)}, Want: `f="f"`,
	}, {
		Name: "no end marker", Guards: "an error for a tar that every tar program accepts",
		Layers: [][]byte{Tar(File("f", "f"))[:1024+1024]}, Want: `f="f"`,
	}}
}

func broken() []Case {
	large := Tar(File("a", "a"), File("large", strings.Repeat("x", 1<<20)))
	one := Tar(File("a", "a")) // a PAX header and its block, a header, a block, the end
	return []Case{{
		Name: "truncated in a header", Guards: "half a layer", Stock: Refuses,
		Layers: [][]byte{large[:len(one)-1024+100]}, Err: `after entry "a": the tar is truncated: unexpected EOF`,
	}, {
		Name: "truncated in a small content", Guards: "half a file", Stock: Refuses,
		Layers: [][]byte{Tar(File("b", strings.Repeat("b", 600)))[:1024+512+100]}, Err: `entry "b": the tar is truncated: unexpected EOF`,
	}, {
		Name: "truncated in a large content", Guards: "half a file", Stock: Refuses,
		Layers: [][]byte{large[:len(large)-500_000]}, Err: `entry "large": the tar is truncated: unexpected EOF`,
	}, {
		Name: "no tar", Guards: "an empty layer", Stock: Refuses,
		Layers: [][]byte{[]byte(strings.Repeat("no tar", 1000))}, Err: `the first entry: invalid tar header`,
	}, {
		Name: "compressed tar", Guards: "an empty layer", Stock: Refuses,
		Layers: [][]byte{append([]byte("\x1f\x8b\x08"), make([]byte, 600)...)}, Err: `the first entry: invalid tar header`,
	}, {
		Name: "unknown type", Guards: "an ignored entry", Stock: Refuses,
		Layers: layers(of(OfType('V', "label", ""))), Err: `entry "label": tar type 'V' is unknown`,
	}, {
		Name: "symlink without a target", Guards: "an image that cannot be written", Stock: Refuses,
		Layers: layers(of(OfType('2', "l", ""))), Err: `entry "l": symlink without a target`,
	}, {
		Name: "symlink with a target of 4096 bytes", Guards: "an image that cannot be written", Stock: Refuses,
		Layers: layers(of(Symlink("l", strings.Repeat("t", 4096)))), Err: `symlink target of 4096 bytes`,
	}, {
		Name: "root that is a file", Guards: "an image that cannot be written", Stock: Refuses,
		Layers: layers(of(OfType('0', "..", "x"))), Err: `the root is not a directory`,
	}}
}

// id returns the ID of an owner as an int, which has 32 bits on some machines.
func id(n int64) int { return int(n) }
