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

// merger merges the directories of layers from the top down, so it never reads files that an
// upper layer hides.
type merger struct {
	ctx      context.Context
	segment  bool
	layers   []*source // bottom first
	todo     []mergedDir
	merged   int         // number of merged directories
	files    files       // reads files
	whiteout *tree.Inode // the one inode of all whiteouts

	items, unread []item // scratch: the entries of a directory, and those that files reads
}

// mergedDir is a directory whose entries must be merged.
type mergedDir struct {
	inode  *tree.Inode
	parts  []part // top first
	opaque bool   // hides all layers below the parts
	whole  bool   // replaces any directory of that name below
}

// add adds a layer's part of the directory below the existing parts, and reports whether lower
// layers matter: for their names, or only for their metadata, because an implied directory has none
// even if it hides all names below.
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

// part is a directory of one layer.
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

// root merges the roots of all layers.
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

// isSynthetic reports whether the root of a layer image of stock containers/storage is the one that
// it makes if the layer has no entry for the root (pkg/chunked/dump).
func isSynthetic(n *tree.Inode) bool {
	return n.Mode == tree.TypeDir|0o755 && n.UID == 0 && n.GID == 0 &&
		n.MtimeSec == 0 && n.MtimeNsec == 0 && len(n.Xattrs) == 0
}

// push queues a directory and returns its inode.
func (m *merger) push(d mergedDir) *tree.Inode {
	n := *d.inode
	n.Nlink, n.Size = 2, 0
	size := 0
	for _, p := range d.parts {
		size = max(size, p.node.Len())
	}
	n.Dir = tree.NewSizedDir(size)
	n.Dir.Opaque, n.Dir.Implied = m.segment && d.opaque, m.segment && d.inode.Dir.Implied && !d.whole
	d.inode = &n
	m.todo = append(m.todo, d)
	return &n
}

// merge merges the entries of a directory.
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

// list returns the entries of all parts by name. Entries of one name are sorted top first, and in
// one layer the file comes before its whiteout. list drops the parts below an opaque marker. The
// result is valid until the next call.
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
			if e.Type == tree.TypeRegular { // the form of stock containers/storage
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

// choose merges the entries of one name. It returns nil for a deleted name, unread for a file that
// is the first item, and otherwise the inode. It queues a directory with all its visible parts.
func (m *merger) choose(parts []part, items []item) (*tree.Inode, error) {
	var d mergedDir
	for _, it := range items {
		var node erofs.Node
		p := parts[it.part]
		isDir := it.entry.Type == tree.TypeDir && !it.whiteout
		if len(d.parts) > 0 && !isDir {
			d.opaque, d.whole = true, true // the directory hides the file
			break
		}
		if !it.whiteout && !isDir && it.entry.Type != tree.TypeChar { // a character device may be a whiteout
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

// deleted returns the inode of a deleted name: nil, or in a segment a whiteout, because layers
// below may have the name.
func (m *merger) deleted() *tree.Inode {
	if m.segment {
		return m.whiteout
	}
	return nil
}
