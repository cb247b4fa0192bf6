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
	list := r.scratch[:0]
	err := r.eachXattr(rec, &r.table, func(x ViewXattr) (more bool, err error) {
		name, err := r.xattrName(x.Prefix, x.Suffix)
		list = append(list, rawXattr{name, x.Value})
		return true, err
	})
	if err != nil {
		return nil, err
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

// eachXattr passes on the xattrs of an inode until yield returns false or an error: the shared ones, which
// table reads, and then its own.
func (r *access) eachXattr(rec *record, table pieces, yield func(ViewXattr) (more bool, err error)) error {
	if rec.area == 0 {
		return nil
	}
	b, err := r.inodes.view(rec.tail-int64(rec.area), rec.area)
	if err != nil {
		return fmt.Errorf("inode %d: %w", rec.nid, err)
	}
	refs := int(disk.GetXattrHeader(b).SharedCount)
	b = b[disk.XattrHeaderSize:]
	if refs*disk.XattrRefSize > len(b) {
		return fmt.Errorf("inode %d: %w: %d shared xattrs in %d bytes", rec.nid, ErrCorrupt, refs, len(b))
	}
	for more := true; more && len(b) > 0; refs-- {
		var x ViewXattr
		size := disk.XattrRefSize
		if refs > 0 {
			x, err = r.sharedXattr(table, binary.LittleEndian.Uint32(b))
		} else {
			x, size, err = splitXattr(b)
		}
		if err == nil {
			more, err = yield(x)
		}
		if err != nil {
			return fmt.Errorf("inode %d: %w", rec.nid, err)
		}
		b = b[size:]
	}
	return nil
}

// sharedXattr returns the shared xattr to which a reference points.
func (r *access) sharedXattr(table pieces, ref uint32) (ViewXattr, error) {
	offset := int64(r.super.XattrBlock)*disk.BlockSize + int64(ref)*disk.XattrAlign
	b, err := table.view(offset, disk.XattrEntrySize)
	if err != nil {
		return ViewXattr{}, err
	}
	e := disk.GetXattrEntry(b)
	if b, err = table.view(offset, e.DiskSize()); err != nil {
		return ViewXattr{}, err
	}
	x, _, err := splitXattr(b)
	return x, err
}

// splitXattr returns the xattr at the start of b, which is a part of b, and its size with padding.
func splitXattr(b []byte) (x ViewXattr, size int, err error) {
	if len(b) < disk.XattrEntrySize {
		return x, 0, fmt.Errorf("%w: xattr entry in %d bytes", ErrCorrupt, len(b))
	}
	e := disk.GetXattrEntry(b)
	if e.DiskSize() > len(b) {
		return x, 0, fmt.Errorf("%w: xattr entry of %d bytes in %d", ErrCorrupt, e.DiskSize(), len(b))
	}
	prefix, ok := disk.XattrPrefix(e.NameIndex)
	if !ok {
		return x, 0, fmt.Errorf("%w: xattr name prefix %d", ErrUnsupported, e.NameIndex)
	}
	end := disk.XattrEntrySize + int(e.NameLen)
	return ViewXattr{prefix, b[disk.XattrEntrySize:end], b[end : end+int(e.ValueSize)]}, e.DiskSize(), nil
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
