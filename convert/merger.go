package convert

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// merger joins the directories of layers from the top down, so that what an upper
// layer hides is never looked at.
type merger struct {
	ctx      context.Context
	segment  bool
	layers   []*source // bottom first
	todo     []mergedDir
	merged   int         // how many directories are
	files    files       // reads what is no directory
	whiteout *tree.Inode // the one inode of all whiteouts

	items, unread []item // scratch: those of a directory, and those of them that files is to read
}

// mergedDir is a directory whose entries are to be merged.
type mergedDir struct {
	inode  *tree.Inode
	parts  []part // top first
	opaque bool   // nothing shows in it of what is below these parts
	whole  bool   // it is not even the same directory that is below, if any
}

// add adds what a layer has of the directory below the parts that there are, and
// reports whether anything further down matters: names, or only the metadata, for
// what is implied has none even if it hides all names below.
func (d *mergedDir) add(p part) (more bool) {
	if d.inode == nil || d.inode.Dir.Implied && !p.node.Dir.Implied {
		d.inode = p.node.Inode
	}
	if !d.opaque {
		d.parts = append(d.parts, p)
		d.opaque = p.node.Dir.Opaque
	}
	return !d.opaque || d.inode.Dir.Implied
}

// part is what a layer has of a directory.
type part struct {
	from *source
	node erofs.Node
}

// item is an entry of a part.
type item struct {
	name     string
	whiteout bool // deletes the name from the layers below
	part     int
	entry    erofs.DirEntry
}

// root begins with the roots of all layers.
func (m *merger) root() (*tree.Inode, error) {
	if len(m.layers) == 0 {
		return nil, errors.New("no layers to merge")
	}
	var d mergedDir
	for _, s := range slices.Backward(m.layers) {
		node, err := s.Root()
		if err != nil {
			return nil, s.error(err)
		}
		if s.Image.Format() != erofs.Layer && isSynthetic(node.Inode) {
			node.Dir.Implied = true
		}
		if !d.add(part{s, node}) {
			break
		}
	}
	return m.push(d), nil
}

// isSynthetic reports whether the root of a layer image of stock containers/storage
// is one that it makes up where the layer has none (pkg/chunked/dump).
func isSynthetic(n *tree.Inode) bool {
	return n.Mode == tree.TypeDir|0o755 && n.UID == 0 && n.GID == 0 &&
		n.MtimeSec == 0 && n.MtimeNsec == 0 && len(n.Xattrs) == 0
}

// push queues a directory and returns its inode.
func (m *merger) push(d mergedDir) *tree.Inode {
	n := *d.inode
	n.Nlink, n.Size = 2, 0
	n.Dir = &tree.Dir{Opaque: m.segment && d.opaque, Implied: m.segment && d.inode.Dir.Implied && !d.whole}
	d.inode = &n
	m.todo = append(m.todo, d)
	return &n
}

// merge fills in the entries of a directory.
func (m *merger) merge(d mergedDir) error {
	items, err := m.list(&d)
	if err != nil {
		return err
	}
	m.unread = m.unread[:0]
	for len(items) > 0 {
		end := 1
		for end < len(items) && items[end].name == items[0].name {
			end++
		}
		n, err := m.choose(d.parts, items[:end])
		if err != nil {
			return err
		}
		if n != nil {
			if err := d.inode.Dir.Add(tree.Entry{Name: items[0].name, Inode: n}); err != nil {
				return err
			}
		}
		if n == unread {
			m.unread = append(m.unread, items[0])
		}
		items = items[end:]
	}
	m.send(&d)
	m.merged++
	return m.ctx.Err()
}

// list returns the entries of all parts by name, those of one name top first and in
// one layer the file before its whiteout, valid until the next call. It drops the parts
// below an opaque marker.
func (m *merger) list(d *mergedDir) ([]item, error) {
	items := m.items[:0]
	for i := 0; i < len(d.parts); i++ {
		p := d.parts[i]
		entries, err := p.from.Entries(p.node)
		if err != nil {
			return nil, p.from.error(err)
		}
		items = slices.Grow(items, len(entries))
		for _, e := range entries {
			hidden, ok := "", false
			if e.Type == tree.TypeRegular { // as stock containers/storage leaves them
				hidden, ok = layer.IsWhiteoutName(e.Name)
			}
			switch {
			case !ok:
				items = append(items, item{e.Name, false, i, e})
			case hidden != "":
				if err := tree.CheckName(hidden); err != nil {
					return nil, p.from.error(fmt.Errorf("%w: whiteout %q: %w", erofs.ErrCorrupt, e.Name, err))
				}
				items = append(items, item{hidden, true, i, e})
			default:
				d.parts = d.parts[:i+1]
				d.inode.Dir.Opaque = m.segment
			}
		}
	}
	m.items = items
	slices.SortFunc(items, func(a, b item) int {
		if c := strings.Compare(a.name, b.name); c != 0 {
			return c
		}
		if a.part != b.part {
			return a.part - b.part
		}
		if a.whiteout {
			return 1
		}
		return -1
	})
	return items, nil
}

// choose returns what the layers together have under a name, nil for nothing, unread for
// a file of the first item. It queues a directory with all its visible parts.
func (m *merger) choose(parts []part, items []item) (*tree.Inode, error) {
	var d mergedDir
	for _, it := range items {
		var node erofs.Node
		p := parts[it.part]
		isDir := it.entry.Type == tree.TypeDir && !it.whiteout
		if len(d.parts) > 0 && !isDir {
			d.opaque, d.whole = true, true // and what this would have been does not matter
			break
		}
		if !it.whiteout && !isDir && it.entry.Type != tree.TypeChar { // which a whiteout would be
			return unread, nil
		}
		if !it.whiteout {
			var err error
			if node, err = p.from.Node(p.node, it.entry); err != nil {
				return nil, p.from.error(err)
			}
		}
		switch {
		case isDir && d.add(part{p.from, node}):
		case isDir:
			return m.push(d), nil
		case it.whiteout || node.Type() == tree.TypeWhiteout:
			return m.deleted(), nil
		default:
			return node.Inode, m.resolve(p.from, node.Inode)
		}
	}
	return m.push(d), nil
}

// deleted returns what stands for a deleted name: nothing, unless layers below the
// segment may have it.
func (m *merger) deleted() *tree.Inode {
	if m.segment {
		return m.whiteout
	}
	return nil
}
