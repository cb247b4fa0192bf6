package disk

// Layout is the data layout of an inode, bits 1 to 3 of i_format.
type Layout uint16

// The layouts composefs uses.
const (
	FlatPlain  Layout = 0 // EROFS_INODE_FLAT_PLAIN: content in blocks
	FlatInline Layout = 2 // EROFS_INODE_FLAT_INLINE: the last part follows the inode
	ChunkBased Layout = 4 // EROFS_INODE_CHUNK_BASED: a list of block addresses follows
)

// Sizes of the two forms of an inode.
const (
	CompactSize  = 32
	ExtendedSize = 64
)

// HoleAddress in a chunk list stands for a chunk without blocks
// (EROFS_NULL_ADDR): the content is in the object.
const HoleAddress = 0xffffffff

// ChunkBitsMask selects the chunk size, as a power of two of blocks, in the
// chunk format (EROFS_CHUNK_FORMAT_BLKBITS_MASK).
const ChunkBitsMask = 0x1f

// Inode is struct erofs_inode_compact or, if Extended is set, struct
// erofs_inode_extended. A compact inode has no Mtime of its own.
type Inode struct {
	Extended   bool   // i_format, bit 0
	Layout     Layout // i_format
	XattrCount uint16 // i_xattr_icount: size of the xattr area, see [XattrAreaSize]
	Mode       uint16 // i_mode
	Nlink      uint32 // i_nlink, 16 bits if compact
	Size       uint64 // i_size, 32 bits if compact
	U          uint32 // i_u: block address, device number or chunk format
	Ino        uint32 // i_ino
	UID        uint32 // i_uid, 16 bits if compact
	GID        uint32 // i_gid, 16 bits if compact
	Mtime      int64  // i_mtime, seconds
	MtimeNsec  uint32 // i_mtime_nsec
}

// DiskSize returns the size of i's form in bytes.
func (i *Inode) DiskSize() int {
	if i.Extended {
		return ExtendedSize
	}
	return CompactSize
}

// Put encodes i; b must be zeroed.
func (i *Inode) Put(b []byte) {
	_ = b[i.DiskSize()-1]
	format := uint16(i.Layout) << 1
	if i.Extended {
		format |= 1
	}
	le.PutUint16(b[0:], format)
	le.PutUint16(b[2:], i.XattrCount)
	le.PutUint16(b[4:], i.Mode)
	le.PutUint32(b[16:], i.U)
	le.PutUint32(b[20:], i.Ino)
	if !i.Extended {
		le.PutUint16(b[6:], uint16(i.Nlink))
		le.PutUint32(b[8:], uint32(i.Size))
		le.PutUint16(b[24:], uint16(i.UID))
		le.PutUint16(b[26:], uint16(i.GID))
		return
	}
	le.PutUint64(b[8:], i.Size)
	le.PutUint32(b[24:], i.UID)
	le.PutUint32(b[28:], i.GID)
	le.PutUint64(b[32:], uint64(i.Mtime))
	le.PutUint32(b[40:], i.MtimeNsec)
	le.PutUint32(b[44:], i.Nlink)
}

// IsExtended reports whether the inode at the start of b has the extended form.
func IsExtended(b []byte) bool { return b[0]&1 != 0 }

// GetInode decodes an inode of either form. It does not check the values.
func GetInode(b []byte) Inode {
	_ = b[CompactSize-1]
	i := Inode{
		Extended:   IsExtended(b),
		Layout:     Layout(le.Uint16(b[0:]) >> 1),
		XattrCount: le.Uint16(b[2:]),
		Mode:       le.Uint16(b[4:]),
		U:          le.Uint32(b[16:]),
		Ino:        le.Uint32(b[20:]),
	}
	if !i.Extended {
		i.Nlink = uint32(le.Uint16(b[6:]))
		i.Size = uint64(le.Uint32(b[8:]))
		i.UID = uint32(le.Uint16(b[24:]))
		i.GID = uint32(le.Uint16(b[26:]))
		return i
	}
	_ = b[ExtendedSize-1]
	i.Size = le.Uint64(b[8:])
	i.UID = le.Uint32(b[24:])
	i.GID = le.Uint32(b[28:])
	i.Mtime = int64(le.Uint64(b[32:]))
	i.MtimeNsec = le.Uint32(b[40:])
	i.Nlink = le.Uint32(b[44:])
	return i
}

// DirentSize is the size of [Dirent] on disk.
const DirentSize = 12

// File types in directory entries (EROFS_FT_*).
const (
	FTRegular = 1
	FTDir     = 2
	FTChar    = 3
	FTBlock   = 4
	FTFifo    = 5
	FTSocket  = 6
	FTSymlink = 7
)

// Dirent is struct erofs_dirent.
type Dirent struct {
	Nid        uint64 // nid
	NameOffset uint16 // nameoff, from the start of the block
	FileType   uint8  // file_type
}

// Put encodes d.
func (d *Dirent) Put(b []byte) {
	_ = b[DirentSize-1]
	le.PutUint64(b[0:], d.Nid)
	le.PutUint16(b[8:], d.NameOffset)
	b[10] = d.FileType
}

// GetDirent decodes a directory entry.
func GetDirent(b []byte) Dirent {
	_ = b[DirentSize-1]
	return Dirent{Nid: le.Uint64(b[0:]), NameOffset: le.Uint16(b[8:]), FileType: b[10]}
}
