package erofs

import (
	"bytes"
	"fmt"
	"io/fs"
	"slices"
	"sort"

	"github.com/composefs-storage/composefs-storage/convert/erofs/internal/disk"
	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// entry is an entry of a directory in the form of the image.
type entry struct {
	name     string
	nid      uint64
	fileType uint8
}

// maxDirSize limits a directory's size in bytes, so that sums cannot overflow.
const maxDirSize = 1 << 48

// dirBlocks returns the number of blocks of directory rec, tail included.
func dirBlocks(rec *record) (int64, error) {
	if !rec.isDir() || rec.Layout == disk.ChunkBased || rec.Size == 0 || rec.Size > maxDirSize {
		return 0, fmt.Errorf("%w: inode %d is not a valid directory", ErrCorrupt, rec.nid)
	}
	return int64(rec.Size+disk.BlockSize-1) / disk.BlockSize, nil
}

// dirBlock returns the i-th block of directory rec, valid until the next call.
func (r *access) dirBlock(rec *record, i int64) (direntBlock, error) {
	b, err := r.block(rec, i)
	if err == nil {
		var block direntBlock
		if block, err = parseDirentBlock(b); err == nil {
			return block, nil
		}
	}
	return direntBlock{}, fmt.Errorf("directory %d: %w", rec.nid, err)
}

// direntBlock is a block of entries with checked bounds.
type direntBlock struct {
	bytes []byte
	count int
}

func parseDirentBlock(b []byte) (direntBlock, error) {
	if len(b) < disk.DirentSize {
		return direntBlock{}, fmt.Errorf("%w: block of %d bytes", ErrCorrupt, len(b))
	}
	first := int(disk.GetDirent(b).NameOffset)
	if first == 0 || first%disk.DirentSize != 0 || first > len(b) {
		return direntBlock{}, fmt.Errorf("%w: names begin at %d", ErrCorrupt, first)
	}
	block := direntBlock{b, first / disk.DirentSize}
	previous := first
	for i := 1; i < block.count; i++ {
		offset := int(disk.GetDirent(b[disk.DirentSize*i:]).NameOffset)
		if offset <= previous || offset > len(b) {
			return direntBlock{}, fmt.Errorf("%w: name at %d after name at %d", ErrCorrupt, offset, previous)
		}
		previous = offset
	}
	return block, nil
}

func (b direntBlock) dirent(i int) disk.Dirent { return disk.GetDirent(b.bytes[disk.DirentSize*i:]) }

// name returns the i-th name. The last one ends with the block or at the zeros
// that fill it up.
func (b direntBlock) name(i int) []byte {
	start := b.dirent(i).NameOffset
	if i+1 < b.count {
		return b.bytes[start:b.dirent(i+1).NameOffset]
	}
	name := b.bytes[start:]
	if end := bytes.IndexByte(name, 0); end >= 0 {
		name = name[:end]
	}
	return name
}

// readDir returns the entries of directory rec without "." and "..", and the nid of "..".
func (r *reader) readDir(rec *record) (entries []entry, parent uint64, err error) {
	blocks, err := dirBlocks(rec)
	if err != nil {
		return nil, 0, err
	}
	if err := r.spend(int64(rec.Size)); err != nil {
		return nil, 0, fmt.Errorf("directory %d: %w", rec.nid, err)
	}
	previous, dots := "", 0
	for i := range blocks {
		block, err := r.dirBlock(rec, i)
		if err != nil {
			return nil, 0, err
		}
		start := int(block.dirent(0).NameOffset)
		names := string(block.bytes[start:]) // one allocation for all of them
		entries = slices.Grow(entries, block.count)
		for k := range block.count {
			d := block.dirent(k)
			from := int(d.NameOffset) - start
			name := names[from : from+len(block.name(k))]
			if name <= previous {
				return nil, 0, fmt.Errorf("directory %d: %w: name %q after %q", rec.nid, ErrCorrupt, name, previous)
			}
			previous = name
			if name == "." || name == ".." {
				dots++
				if name == ".." {
					parent = d.Nid
				} else if d.Nid != rec.nid {
					return nil, 0, fmt.Errorf("directory %d: %w: %q is inode %d", rec.nid, ErrCorrupt, name, d.Nid)
				}
				continue
			}
			if err := tree.CheckName(name); err != nil {
				return nil, 0, fmt.Errorf("directory %d: %w: %w", rec.nid, ErrCorrupt, err)
			}
			entries = append(entries, entry{name, d.Nid, d.FileType})
		}
	}
	if dots != 2 {
		return nil, 0, fmt.Errorf("directory %d: %w: %q or %q is missing", rec.nid, ErrCorrupt, ".", "..")
	}
	return entries, parent, nil
}

// lookup finds a name in directory rec by bisection: first its block, then its place in the block.
// It returns fs.ErrNotExist if the name is missing.
func (r *access) lookup(rec *record, name string) (uint64, error) {
	blocks, err := dirBlocks(rec)
	if err != nil {
		return 0, err
	}
	low, high := int64(0), blocks // the name is in [low, high), if anywhere
	for high-low > 1 {
		middle := low + (high-low)/2
		block, err := r.dirBlock(rec, middle)
		if err != nil {
			return 0, err
		}
		if string(block.name(0)) <= name {
			low = middle
		} else {
			high = middle
		}
	}
	block, err := r.dirBlock(rec, low)
	if err != nil {
		return 0, err
	}
	i := sort.Search(block.count, func(i int) bool { return string(block.name(i)) >= name })
	if i == block.count || string(block.name(i)) != name {
		return 0, fs.ErrNotExist
	}
	return block.dirent(i).Nid, nil
}
