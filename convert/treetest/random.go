package treetest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Random returns a random tree of about n entries, the same for the same source. It prefers the
// limits of the format: sizes around block borders, shared xattrs, ids and times that need the
// extended form, odd names, hard links.
//
// The tree has none of the files that an image cannot represent unambiguously: files with the
// xattrs of escaped whiteouts, and further names of whiteouts and directories.
func Random(r *rand.Rand, n int) *tree.Tree { return (&generator{r: r}).tree(n) }

// RandomUTF8 is Random without names that are not UTF-8.
func RandomUTF8(r *rand.Rand, n int) *tree.Tree { return (&generator{r: r, utf8: true}).tree(n) }

func (g *generator) tree(n int) *tree.Tree {
	r := g.r
	g.mtimes = []int64{0, 0, 0, 1700000000, int64(r.IntN(100)), -1}
	t := tree.New()
	g.metadata(t.Root, tree.TypeDir)
	dirs := []*tree.Inode{t.Root}
	var files []*tree.Inode
	for range n {
		dir := dirs[g.r.IntN(len(dirs))]
		name := g.name()
		if _, taken := dir.Dir.Lookup(name); taken {
			continue
		}
		e := tree.Entry{Name: name}
		if len(files) > 0 && g.oneIn(10) {
			e.Inode, e.Link = files[g.r.IntN(len(files))], true
		} else {
			e.Inode = g.inode()
			if e.Inode.IsDir() {
				dirs = append(dirs, e.Inode)
			} else if !e.Inode.IsWhiteout() {
				files = append(files, e.Inode)
			}
		}
		if err := dir.Dir.Add(e); err != nil {
			panic(err) // the generator makes valid names only
		}
	}
	return t
}

type generator struct {
	r      *rand.Rand
	utf8   bool
	mtimes []int64
}

func (g *generator) oneIn(n int) bool { return g.r.IntN(n) == 0 }

// pick returns one of the values.
func pick[T any](g *generator, values ...T) T { return values[g.r.IntN(len(values))] }

func (g *generator) bytes(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(g.r.UintN(256))
	}
	return string(b)
}

func (g *generator) name() string {
	switch g.r.IntN(12) {
	case 0:
		return fmt.Sprintf("%02x", g.r.IntN(256)) // like a generated whiteout
	case 1:
		name := pick(g, "-", "!", "...", "..x", ".a", "a b", "a\\b", "a\nb", "\xff\xfe", "é", "=", "@", "#", "wh", ".wh.x")
		if g.utf8 {
			name = strings.ToValidUTF8(name, "?")
		}
		return name
	case 2:
		name := make([]byte, 1+g.r.IntN(tree.NameMax))
		for i := range name {
			name[i] = byte('a' + g.r.IntN(26))
		}
		return string(name)
	}
	return fmt.Sprintf("%c%d", 'a'+g.r.IntN(26), g.r.IntN(2000))
}

// contentSizes are lengths around the borders of inlining and of blocks.
var contentSizes = []int{1, 2, 31, 32, 33, 63, 64, 65, 100, 2047, 2048, 2049, 4095, 4096, 4097, 5000}

var targetSizes = []int{1, 27, 100, 2048, 3900, 3968, 4031, 4032, 4063, 4064, 4095}

var externalSizes = []uint64{
	1, 65, 4095, 4096, 4097, 1 << 20, 1<<32 - 1, 1 << 32, 1 << 43, 1<<43 + 1, 1 << 50, 1016 << 43, 1020 << 43, 1 << 53,
}

func (g *generator) inode() *tree.Inode {
	n := new(tree.Inode)
	switch g.r.IntN(12) {
	case 0, 1, 2:
		g.metadata(n, tree.TypeDir)
		n.Dir = new(tree.Dir)
	case 3, 4:
		g.metadata(n, tree.TypeRegular)
		n.Content = g.bytes(pick(g, contentSizes...))
		n.Size = uint64(len(n.Content))
	case 5, 6, 7:
		g.metadata(n, tree.TypeRegular)
		g.external(n)
	case 8:
		g.metadata(n, tree.TypeSymlink)
		size := 1 + g.r.IntN(40)
		if g.oneIn(3) {
			size = pick(g, targetSizes...)
		}
		target := make([]byte, size)
		for i := range target {
			target[i] = byte(1 + g.r.IntN(255))
		}
		n.Payload, n.Size = string(target), uint64(size)
	case 9:
		g.metadata(n, pick[uint32](g, tree.TypeChar, tree.TypeBlock))
		n.Rdev = pick[uint32](g, 0, 1, 0x501, math.MaxUint32)
	case 10:
		g.metadata(n, pick[uint32](g, tree.TypeFifo, tree.TypeSocket))
	case 11:
		g.metadata(n, tree.TypeRegular) // empty
	}
	return n
}

func (g *generator) external(n *tree.Inode) {
	n.Size = 65 + g.r.Uint64N(1<<20)
	if g.oneIn(4) {
		n.Size = pick(g, externalSizes...)
	}
	if !g.oneIn(8) {
		var digest [32]byte
		for i := range digest {
			digest[i] = byte(g.r.UintN(256))
		}
		if g.oneIn(3) { // equal contents
			digest = [32]byte{byte(g.r.IntN(3))}
		}
		n.Digest = verity.NewDigest(digest[:])
		n.Payload = tree.ObjectPath(n.Digest)
	}
	if g.oneIn(8) {
		n.Payload = pick(g, "", "p", "/absolute", "a b/c=d")
	}
}

func (g *generator) metadata(n *tree.Inode, fileType uint32) {
	n.Mode = fileType | uint32(g.r.IntN(0o10000))
	n.Nlink = pick[uint32](g, 1, 1, 1, 2, 0, 65535, 65536)
	n.UID = g.id()
	n.GID = g.id()
	n.MtimeSec = pick(g, g.mtimes...)
	if g.oneIn(6) {
		n.MtimeNsec = pick[uint32](g, 1, 999999999, math.MaxUint32)
	}
	if g.oneIn(3) {
		n.Xattrs = g.xattrs()
	}
}

func (g *generator) id() uint32 {
	if g.oneIn(8) {
		return pick[uint32](g, 1, 1000, 65535, 65536, math.MaxUint32-1)
	}
	return 0
}

var xattrNames = []string{
	"security.selinux", "security.selinux", "security.selinux", "security.capability", "security.ima",
	"user.a", "user.", "user.overlay.opaque", "user.overlay.whiteouts", "trusted.x", "trusted.overlay.opaque",
	"trusted.overlay.redirect", "trusted.overlay.metacopy", "trusted.overlay.overlay.opaque",
	"system.posix_acl_access", "system.posix_acl_default", "system.posix_acl_accessX", "lustre.lov", "foo",
}

// Values whose form the kernel checks.
const (
	validACL = "\x02\x00\x00\x00" + // version, then tag, permissions and id of each entry
		"\x01\x00\x06\x00\xff\xff\xff\xff" + // user::rw-
		"\x04\x00\x04\x00\xff\xff\xff\xff" + // group::r--
		"\x20\x00\x00\x00\xff\xff\xff\xff" // other::---
	validCapability = "\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" // cap_net_raw=ep
)

// WellFormed are xattrs whose values the kernel checks before it shows them.
var WellFormed = tree.Xattrs{
	{Name: "security.capability", Value: validCapability},
	{Name: "system.posix_acl_access", Value: validACL},
	{Name: "system.posix_acl_default", Value: validACL},
}

func (g *generator) xattrValue(name string) string {
	if value, ok := WellFormed.Get(name); ok {
		return value
	}
	if g.oneIn(5) {
		return g.bytes(g.r.IntN(300))
	}
	return pick(g, "", "a", "system_u:object_r:bin_t:s0", "system_u:object_r:lib_t:s0")
}

func (g *generator) xattrs() tree.Xattrs {
	var x tree.Xattrs
	for range 1 + g.r.IntN(5) {
		name := pick(g, xattrNames...)
		if g.oneIn(6) {
			name = "user." + g.name()
			name = name[:min(len(name), tree.NameMax)]
		}
		x = x.With(name, g.xattrValue(name))
	}
	return x
}
