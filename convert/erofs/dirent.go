package erofs

import (
	"iter"

	"github.com/composefs-storage/composefs-storage/convert/erofs/internal/disk"
)

// tailMax is the longest tail in bytes of a directory or file that follows its
// inode; a longer rest gets a block of its own (lcfs-writer-erofs.c).
const tailMax = disk.BlockSize / 2

// dirent is an entry of a directory in the image.
type dirent struct {
	name     string
	node     uint32 // the inode it names
	fileType uint8
}

// listDir returns the entries of directory i in name order. "." and ".." are entries like others:
// a name such as "-" sorts before them. The result is valid until the next call.
func (e *emitter) listDir(i int) []dirent {
	n := &e.nodes[i]
	list := e.dirents[:0]
	dots := [2]dirent{{".", uint32(i), disk.FTDir}, {"..", n.parent, disk.FTDir}}
	todo := dots[:]
	child := n.child
	for entry := range n.inode.Dir.All() {
		for len(todo) > 0 && todo[0].name < entry.Name {
			list = append(list, todo[0])
			todo = todo[1:]
		}
		d := dirent{name: entry.Name}
		if entry.Link {
			d.node = e.links[entry.Inode]
		} else {
			d.node = child
			child++
		}
		d.fileType = e.nodes[d.node].fileType
		list = append(list, d)
	}
	e.dirents = append(list, todo...)
	return e.dirents
}

// blocksOf cuts entries greedily into blocks and yields each with its size.
func blocksOf(entries []dirent) iter.Seq2[[]dirent, int] {
	return func(yield func([]dirent, int) bool) {
		for len(entries) > 0 {
			k, size := 0, 0
			for k < len(entries) && size+direntSize(&entries[k]) <= disk.BlockSize {
				size += direntSize(&entries[k])
				k++
			}
			if !yield(entries[:k], size) {
				return
			}
			entries = entries[k:]
		}
	}
}

func direntSize(d *dirent) int { return disk.DirentSize + len(d.name) }

// packDirs computes the encoded size of every directory.
func (p *plan) packDirs() {
	e := p.emitter(nil)
	for i := range p.nodes {
		if p.nodes[i].fileType != disk.FTDir {
			continue
		}
		blocks, tail := uint32(0), 0
		for _, size := range blocksOf(e.listDir(i)) {
			blocks++
			tail = size
		}
		if tail <= tailMax {
			blocks--
		} else {
			tail = 0
		}
		p.nodes[i].dirBlocks, p.nodes[i].dirTail = blocks, uint16(tail)
	}
}

// putDirents encodes the entries of a block or tail: first the records, then the names without
// separators.
func (e *emitter) putDirents(b []byte, entries []dirent) {
	name := disk.DirentSize * len(entries)
	for i := range entries {
		entry := &entries[i]
		d := disk.Dirent{Nid: e.nid(entry.node), NameOffset: uint16(name), FileType: entry.fileType}
		d.Put(b[disk.DirentSize*i:])
		name += copy(b[name:], entry.name)
	}
}

func (p *plan) nid(i uint32) uint64 { return uint64(p.nodes[i].pos) / disk.SlotSize }
