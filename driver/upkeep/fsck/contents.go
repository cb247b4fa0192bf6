package fsck

import (
	"slices"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// checkObjects compares the objects of a layer with those that its image names. contents is nil if the
// image cannot be read; the check then uses the digests in the names of the layer's files.
func (c *checker) checkObjects(l *layer, contents map[name]content, sealed bool) {
	names, err := l.names()
	if err != nil {
		c.add(&Finding{Kind: ObjectMissing, Severity: Damage, Store: root(l.Store), Layers: []string{l.ID}, Paths: []string{l.Diff()}, Detail: bare(err)})
	}
	if l.bad {
		contents = l.guess(names)
	}
	found := 0
	for n, k := range contents {
		inode, ok := names[n]
		if ok {
			found++
		}
		c.checkContent(l, n, k, inode, ok, sealed)
	}
	if !l.bad && found < len(names) {
		c.checkLeaked(l, names, contents)
	}
}

// guess derives the contents of a layer's files from their names.
func (l *layer) guess(names map[name]uint64) map[name]content {
	contents := map[name]content{}
	for n, inode := range names {
		if n.other == "" && l.pool.reader != nil {
			if o := l.pool.object(n.digest, false); o.inode == inode { // others may have names of stock containers/storage
				contents[n] = content{n.digest, -1}
			}
		}
	}
	return contents
}

// checkLeaked adds a finding for files that a layer's image does not name.
func (c *checker) checkLeaked(l *layer, names map[name]uint64, contents map[name]content) {
	known := make(map[uint64]bool, len(contents))
	for n := range contents {
		known[names[n]] = true
	}
	var paths []string
	for n, inode := range names {
		if !known[inode] {
			paths = append(paths, l.Diff()+"/"+n.String())
		}
	}
	slices.Sort(paths)
	leaked := &Finding{Kind: Leaked, Severity: Info, Store: root(l.Store), Layers: []string{l.ID}, Detail: "the layer's image does not name it"}
	for _, path := range paths {
		var st unix.Stat_t
		if unix.Lstat(path, &st) == nil {
			leaked.Count++
			leaked.Bytes += st.Size
			leaked.Paths = append(leaked.Paths, path)
		}
	}
	if leaked.Count > 0 {
		c.add(leaked)
	}
}

// checkContent queues the files of a content for hashing: the pool's, and the layer's if it is another
// file.
func (c *checker) checkContent(l *layer, n name, k content, inode uint64, ok, sealed bool) {
	var o object
	stated := k.digest != (verity.Digest{})
	if stated && n == (name{digest: k.digest}) {
		o = l.pool.want(k, l, sealed, inode)
		if o.inode == 0 && l.ours() {
			c.lacking(l.pool, n.String(), k.digest, k.size)
		}
	} else if !stated && n.other != "" {
		c.add(&Finding{Kind: NotChecked, Severity: Info, Store: root(l.Store), Object: n.String(), Layers: []string{l.ID}, Detail: "neither the image nor the name has its digest"})
		return
	}
	switch {
	case !ok:
		c.lacking(l.pool, n.String(), k.digest, k.size)
	case inode != o.inode || k.size >= 0 && o.size != k.size:
		// This includes a wrong size: hashing shows whether the object or the image is wrong.
		f := file{pool: l.pool, name: n.String(), digest: k.digest, want: k.size, layer: l, by: l, inode: inode, sealed: sealed}
		var st unix.Stat_t
		if unix.Lstat(f.path(), &st) == nil {
			f.size, f.regular = st.Size, isRegular(&st)
			l.pool.addFile(f)
		}
	}
}
