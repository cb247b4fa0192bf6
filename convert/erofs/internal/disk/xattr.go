package disk

// Sizes of the parts of an xattr area and its limits.
const (
	XattrHeaderSize = 12 // struct erofs_xattr_ibody_header
	XattrEntrySize  = 4  // struct erofs_xattr_entry, before name and value
	XattrRefSize    = 4  // a shared reference
	XattrAlign      = 4  // entries are padded to this

	// SharedMax is the largest number of shared references an inode has. The
	// field could hold 255; lcfs-writer-erofs.c stops here.
	SharedMax = 128

	// XattrNameMax is the longest full name: the longest prefix and 255 bytes.
	XattrNameMax = len("system.posix_acl_default") + 255
)

// XattrHeader is struct erofs_xattr_ibody_header.
type XattrHeader struct {
	NameFilter  uint32 // h_name_filter: a set bit excludes a name
	SharedCount uint8  // h_shared_count
}

// Put encodes h.
func (h *XattrHeader) Put(b []byte) {
	_ = b[XattrHeaderSize-1]
	le.PutUint32(b[0:], h.NameFilter)
	b[4] = h.SharedCount
}

// GetXattrHeader decodes a header.
func GetXattrHeader(b []byte) XattrHeader {
	_ = b[XattrHeaderSize-1]
	return XattrHeader{NameFilter: le.Uint32(b[0:]), SharedCount: b[4]}
}

// XattrEntry is struct erofs_xattr_entry. The name without its prefix, the
// value and zeros up to XattrAlign follow it.
type XattrEntry struct {
	NameLen   uint8  // e_name_len, without the prefix
	NameIndex uint8  // e_name_index: the prefix
	ValueSize uint16 // e_value_size
}

// Put encodes e.
func (e *XattrEntry) Put(b []byte) {
	_ = b[XattrEntrySize-1]
	b[0] = e.NameLen
	b[1] = e.NameIndex
	le.PutUint16(b[2:], e.ValueSize)
}

// GetXattrEntry decodes an entry.
func GetXattrEntry(b []byte) XattrEntry {
	_ = b[XattrEntrySize-1]
	return XattrEntry{NameLen: b[0], NameIndex: b[1], ValueSize: le.Uint16(b[2:])}
}

// DiskSize returns the size of the entry with its name, value and padding.
func (e *XattrEntry) DiskSize() int {
	return roundUp(XattrEntrySize+int(e.NameLen)+int(e.ValueSize), XattrAlign)
}

// XattrAreaSize returns the size in bytes of the xattr area of an inode whose
// i_xattr_icount is count.
func XattrAreaSize(count uint16) int {
	if count == 0 {
		return 0
	}
	return XattrHeaderSize + (int(count)-1)*XattrRefSize
}

// XattrCount is the inverse of [XattrAreaSize].
func XattrCount(areaSize int) uint16 {
	if areaSize == 0 {
		return 0
	}
	return uint16((areaSize-XattrHeaderSize)/XattrRefSize + 1)
}

// Name prefixes (EROFS_XATTR_INDEX_*). The first that fits is used. composefs never writes 5,
// lustre.
var xattrPrefixes = [...]struct {
	index  uint8
	prefix string
}{
	{1, "user."},
	{2, "system.posix_acl_access"},
	{3, "system.posix_acl_default"},
	{4, "trusted."},
	{6, "security."},
}

// SplitXattrName cuts a full name into prefix index and suffix.
func SplitXattrName(name string) (index uint8, suffix string) {
	for _, p := range &xattrPrefixes {
		if len(name) >= len(p.prefix) && name[:len(p.prefix)] == p.prefix {
			return p.index, name[len(p.prefix):]
		}
	}
	return 0, name
}

// XattrPrefix returns the prefix of an index, and false for an index that
// composefs does not use.
func XattrPrefix(index uint8) (prefix string, ok bool) {
	if index == 0 {
		return "", true
	}
	for _, p := range &xattrPrefixes {
		if p.index == index {
			return p.prefix, true
		}
	}
	return "", false
}

// filterSeed is XATTR_FILTER_SEED of erofs_fs.h ("ErOfSxAtTrFiLtEr", folded).
const filterSeed = 0x25BBE08F

// FilterBit returns the bit that an xattr clears in [XattrHeader.NameFilter].
func FilterBit(index uint8, suffix string) uint32 {
	return 1 << (xxh32(suffix, filterSeed+uint32(index)) & 31)
}

func roundUp(n, multiple int) int { return (n + multiple - 1) / multiple * multiple }
