package erofs

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/erofs/internal/disk"
)

// rawXattr is an xattr in the form of the image.
type rawXattr struct {
	name  string
	value []byte
}

// readXattrs returns the xattrs of an inode in the form of the image, sorted by name. The result is
// valid until the next call.
func (r *reader) readXattrs(rec *record) ([]rawXattr, error) {
	if rec.area == 0 {
		return nil, nil
	}
	b, err := r.inodes.view(rec.tail-int64(rec.area), rec.area)
	if err != nil {
		return nil, fmt.Errorf("inode %d: %w", rec.nid, err)
	}
	refs := int(disk.GetXattrHeader(b).SharedCount)
	b = b[disk.XattrHeaderSize:]
	if refs*disk.XattrRefSize > len(b) {
		return nil, fmt.Errorf("inode %d: %w: %d shared xattrs in %d bytes", rec.nid, ErrCorrupt, refs, len(b))
	}
	list := r.scratch[:0]
	for ; refs > 0; refs-- {
		x, err := r.sharedXattr(binary.LittleEndian.Uint32(b))
		if err != nil {
			return nil, fmt.Errorf("inode %d: %w", rec.nid, err)
		}
		list = append(list, x)
		b = b[disk.XattrRefSize:]
	}
	for len(b) > 0 {
		x, size, err := r.parseXattr(b)
		if err != nil {
			return nil, fmt.Errorf("inode %d: %w", rec.nid, err)
		}
		list = append(list, x)
		b = b[size:]
	}
	r.scratch = list
	slices.SortFunc(list, func(a, b rawXattr) int { return strings.Compare(a.name, b.name) })
	for i := 1; i < len(list); i++ {
		if list[i].name == list[i-1].name {
			return nil, fmt.Errorf("inode %d: %w: xattr %q twice", rec.nid, ErrCorrupt, list[i].name)
		}
	}
	return list, nil
}

// sharedXattr returns the shared xattr to which a reference points.
func (r *reader) sharedXattr(ref uint32) (rawXattr, error) {
	offset := int64(r.super.XattrBlock)*disk.BlockSize + int64(ref)*disk.XattrAlign
	b, err := r.table.view(offset, disk.XattrEntrySize)
	if err != nil {
		return rawXattr{}, err
	}
	e := disk.GetXattrEntry(b)
	if b, err = r.table.view(offset, e.DiskSize()); err != nil {
		return rawXattr{}, err
	}
	x, _, err := r.parseXattr(b)
	return x, err
}

// parseXattr reads the entry at the start of b and returns its size with padding. The value of x
// is a part of b.
func (r *reader) parseXattr(b []byte) (x rawXattr, size int, err error) {
	prefix, suffix, value, size, err := splitXattr(b)
	if err != nil {
		return x, 0, err
	}
	if x.name, err = r.xattrName(prefix, suffix); err != nil {
		return x, 0, err
	}
	x.value = value
	return x, size, nil
}

// splitXattr returns the parts of the entry at the start of b, which are parts of b, and its size with
// padding.
func splitXattr(b []byte) (prefix string, suffix, value []byte, size int, err error) {
	if len(b) < disk.XattrEntrySize {
		return "", nil, nil, 0, fmt.Errorf("%w: xattr entry in %d bytes", ErrCorrupt, len(b))
	}
	e := disk.GetXattrEntry(b)
	if e.DiskSize() > len(b) {
		return "", nil, nil, 0, fmt.Errorf("%w: xattr entry of %d bytes in %d", ErrCorrupt, e.DiskSize(), len(b))
	}
	prefix, ok := disk.XattrPrefix(e.NameIndex)
	if !ok {
		return "", nil, nil, 0, fmt.Errorf("%w: xattr name prefix %d", ErrUnsupported, e.NameIndex)
	}
	end := disk.XattrEntrySize + int(e.NameLen)
	return prefix, b[disk.XattrEntrySize:end], b[end : end+int(e.ValueSize)], e.DiskSize(), nil
}

// xattrName joins prefix and suffix. It keeps each name once, because there are few.
func (r *reader) xattrName(prefix string, suffix []byte) (string, error) {
	var buf [disk.XattrNameMax]byte
	full := append(append(buf[:0], prefix...), suffix...)
	if name, ok := r.names[string(full)]; ok {
		return name, nil
	}
	name := string(full)
	if name == "" || strings.IndexByte(name, 0) >= 0 {
		return "", fmt.Errorf("%w: xattr name %q", ErrCorrupt, name)
	}
	r.names[name] = name
	return name, nil
}
