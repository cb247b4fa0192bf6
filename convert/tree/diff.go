package tree

import (
	"fmt"
	"iter"
	"strconv"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Difference is one way in which two trees differ.
type Difference struct {
	Path string // in both trees
	What string // "entry", "mode", "content", …
	A, B string // the two values, "-" for a missing one
}

// String returns the difference on one line: `/bin/sh: mode 0100755 != 0100644`.
func (d Difference) String() string {
	return fmt.Sprintf("%s: %s %s != %s", d.Path, d.What, d.A, d.B)
}

// Equal reports whether a and b describe the same file system: the same names, metadata, contents
// and link groups. It compares neither which name of a file is the real entry, nor fields without a
// meaning for the file's type.
func Equal(a, b *Tree) bool {
	for range Diff(a, b) {
		return false
	}
	return true
}

// Diff yields the differences between a and b in walk order. It does not descend into an entry that
// only one tree has, or that is a directory in only one.
func Diff(a, b *Tree) iter.Seq[Difference] {
	return func(yield func(Difference) bool) {
		d := differ{a: a.linkGroups(), b: b.linkGroups(), yield: yield}
		if d.inodes("/", a.Root, b.Root) {
			d.dirs(a.Root.Dir, b.Root.Dir)
		}
	}
}

// differ compares two trees; its methods return false once yield has.
type differ struct {
	a, b  map[*Inode]string // first names of inodes with several
	yield func(Difference) bool
}

// dirs compares two directories and all that is below them, without recursion.
func (d *differ) dirs(a, b *Dir) {
	type pair struct {
		prefix string
		a, b   *Dir
	}
	for todo := []pair{{"", a, b}}; len(todo) > 0; {
		p := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		ca, cb := cursor{dir: p.a}, cursor{dir: p.b}
		for ea, eb := ca.next(), cb.next(); ea != nil || eb != nil; {
			switch {
			case eb == nil || ea != nil && ea.Name < eb.Name:
				if !d.yield(Difference{p.prefix + "/" + ea.Name, "entry", "present", "-"}) {
					return
				}
				ea = ca.next()
			case ea == nil || eb.Name < ea.Name:
				if !d.yield(Difference{p.prefix + "/" + eb.Name, "entry", "-", "present"}) {
					return
				}
				eb = cb.next()
			default:
				path := p.prefix + "/" + ea.Name
				if !d.entries(path, ea, eb) {
					return
				}
				if !ea.Link && !eb.Link && ea.Inode.IsDir() && eb.Inode.IsDir() {
					todo = append(todo, pair{path, ea.Inode.Dir, eb.Inode.Dir})
				}
				ea, eb = ca.next(), cb.next()
			}
		}
	}
}

func (d *differ) entries(path string, a, b *Entry) bool {
	if !d.strings(path, "linked to", quoteName(d.a[a.Inode]), quoteName(d.b[b.Inode])) {
		return false
	}
	if a.Inode.IsDir() && b.Inode.IsDir() && a.Link != b.Link {
		return d.yield(Difference{path, "link to a directory", strconv.FormatBool(a.Link), strconv.FormatBool(b.Link)})
	}
	return d.inodes(path, a.Inode, b.Inode)
}

// quoteName quotes the first name of an inode, or returns "-" for an inode with only one.
func quoteName(path string) string {
	if path == "" {
		return "-"
	}
	return strconv.Quote(path)
}

func (d *differ) inodes(path string, a, b *Inode) bool {
	ok := d.modes(path, a.Mode, b.Mode) &&
		d.numbers(path, "uid", uint64(a.UID), uint64(b.UID)) &&
		d.numbers(path, "gid", uint64(a.GID), uint64(b.GID)) &&
		d.mtimes(path, a, b) &&
		d.xattrs(path, a.Xattrs, b.Xattrs)
	if !ok || a.Type() != b.Type() {
		return ok
	}
	if a.IsDir() {
		return d.flags(path, "opaque", a.Dir != nil && a.Dir.Opaque, b.Dir != nil && b.Dir.Opaque) &&
			d.flags(path, "implied", a.Dir != nil && a.Dir.Implied, b.Dir != nil && b.Dir.Implied)
	}
	return d.numbers(path, "nlink", uint64(a.Nlink), uint64(b.Nlink)) && d.data(path, a, b)
}

// data compares the fields of a type that both inodes have.
func (d *differ) data(path string, a, b *Inode) bool {
	switch a.Type() {
	case TypeRegular:
		ok := d.numbers(path, "size", a.Size, b.Size) &&
			d.bytes(path, "content", a.Content, b.Content)
		if !ok || !a.IsExternal() || !b.IsExternal() {
			return ok
		}
		return d.bytes(path, "payload", a.BackingPath(), b.BackingPath()) &&
			d.strings(path, "digest", hexDigest(a.Digest), hexDigest(b.Digest))
	case TypeSymlink:
		return d.bytes(path, "target", a.Payload, b.Payload)
	case TypeChar, TypeBlock:
		return d.numbers(path, "rdev", uint64(a.Rdev), uint64(b.Rdev))
	}
	return true
}

func (d *differ) xattrs(path string, a, b Xattrs) bool {
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].Name < b[0].Name:
			if !d.strings(path, "xattr "+a[0].Name, quote(a[0].Value, 0), "-") {
				return false
			}
			a = a[1:]
		case len(a) == 0 || b[0].Name < a[0].Name:
			if !d.strings(path, "xattr "+b[0].Name, "-", quote(b[0].Value, 0)) {
				return false
			}
			b = b[1:]
		default:
			if !d.bytes(path, "xattr "+a[0].Name, a[0].Value, b[0].Value) {
				return false
			}
			a, b = a[1:], b[1:]
		}
	}
	return true
}

func (d *differ) flags(path, what string, a, b bool) bool {
	return a == b || d.yield(Difference{path, what, strconv.FormatBool(a), strconv.FormatBool(b)})
}

func (d *differ) numbers(path, what string, a, b uint64) bool {
	return a == b || d.yield(Difference{path, what, strconv.FormatUint(a, 10), strconv.FormatUint(b, 10)})
}

func (d *differ) strings(path, what, a, b string) bool {
	return a == b || d.yield(Difference{path, what, a, b})
}

// bytes compares two values that may be long or unprintable.
func (d *differ) bytes(path, what, a, b string) bool {
	if a == b {
		return true
	}
	same := 0
	for same < min(len(a), len(b)) && a[same] == b[same] {
		same++
	}
	return d.yield(Difference{path, what, quote(a, same), quote(b, same)})
}

func (d *differ) modes(path string, a, b uint32) bool {
	return a == b || d.yield(Difference{path, "mode", fmt.Sprintf("%#o", a), fmt.Sprintf("%#o", b)})
}

func (d *differ) mtimes(path string, a, b *Inode) bool {
	if a.MtimeSec == b.MtimeSec && a.MtimeNsec == b.MtimeNsec {
		return true
	}
	return d.yield(Difference{
		path, "mtime",
		fmt.Sprintf("%d.%09d", a.MtimeSec, a.MtimeNsec),
		fmt.Sprintf("%d.%09d", b.MtimeSec, b.MtimeNsec),
	})
}

func hexDigest(d verity.Digest) string {
	if d.IsZero() {
		return "-"
	}
	return d.String()
}

// quote quotes a value, or the part of a long one around byte at.
func quote(s string, at int) string {
	const most = 64
	if len(s) <= most {
		return strconv.Quote(s)
	}
	from := max(0, at-most/4)
	to := min(len(s), from+most)
	return fmt.Sprintf("%q (bytes %d to %d of %d)", s[from:to], from, to, len(s))
}
