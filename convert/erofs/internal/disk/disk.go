package disk

import "encoding/binary"

var le = binary.LittleEndian

// Geometry, in bytes.
const (
	BlockSize = 4096 // for every page size of the host
	BlockBits = 12
	SlotSize  = 32 // inode alignment; a nid counts these

	SuperblockOffset = 1024
	InodesOffset     = SuperblockOffset + SuperblockSize
)

// Magic numbers and feature bits.
const (
	ComposefsMagic = 0xd078629a // lcfs-erofs.h: LCFS_EROFS_MAGIC
	SuperMagic     = 0xE0F5E1E2 // EROFS_SUPER_MAGIC_V1

	HeaderVersion = 1 // of the header, not the format version
	HeaderHasACL  = 1 // header flag: some inode has a POSIX ACL

	// HeaderLayer is a header flag of this project: the image is a layer image. Other readers
	// ignore it.
	HeaderLayer = 1 << 31

	CompatMtime       = 0x2 // compact inodes have the superblock's time
	CompatXattrFilter = 0x4 // the xattr name filter is valid
)

// HeaderSize is the size of [Header] on disk.
const HeaderSize = 32

// Header is the composefs header at the start of an image (lcfs-erofs.h).
type Header struct {
	Magic            uint32
	Version          uint32
	Flags            uint32
	ComposefsVersion uint32 // the format version, 0 or 1
}

// Put encodes h.
func (h *Header) Put(b []byte) {
	_ = b[HeaderSize-1]
	le.PutUint32(b[0:], h.Magic)
	le.PutUint32(b[4:], h.Version)
	le.PutUint32(b[8:], h.Flags)
	le.PutUint32(b[12:], h.ComposefsVersion)
}

// GetHeader decodes a header.
func GetHeader(b []byte) Header {
	_ = b[HeaderSize-1]
	return Header{
		Magic:            le.Uint32(b[0:]),
		Version:          le.Uint32(b[4:]),
		Flags:            le.Uint32(b[8:]),
		ComposefsVersion: le.Uint32(b[12:]),
	}
}

// SuperblockSize is the size of [Superblock] on disk.
const SuperblockSize = 128

// Superblock is struct erofs_super_block without the fields that are always zero here.
type Superblock struct {
	Magic           uint32   // magic
	FeatureCompat   uint32   // feature_compat
	BlockBits       uint8    // blkszbits
	RootNid         uint16   // root_nid
	Inodes          uint64   // inos
	BuildTime       int64    // build_time, seconds
	BuildTimeNsec   uint32   // build_time_nsec
	Blocks          uint32   // blocks: file size in blocks
	MetaBlock       uint32   // meta_blkaddr
	XattrBlock      uint32   // xattr_blkaddr: base of shared references
	UUID            [16]byte // uuid
	FeatureIncompat uint32   // feature_incompat: always 0 here
}

// Put encodes s.
func (s *Superblock) Put(b []byte) {
	_ = b[SuperblockSize-1]
	le.PutUint32(b[0:], s.Magic)
	le.PutUint32(b[8:], s.FeatureCompat)
	b[12] = s.BlockBits
	le.PutUint16(b[14:], s.RootNid)
	le.PutUint64(b[16:], s.Inodes)
	le.PutUint64(b[24:], uint64(s.BuildTime))
	le.PutUint32(b[32:], s.BuildTimeNsec)
	le.PutUint32(b[36:], s.Blocks)
	le.PutUint32(b[40:], s.MetaBlock)
	le.PutUint32(b[44:], s.XattrBlock)
	copy(b[48:64], s.UUID[:])
	le.PutUint32(b[80:], s.FeatureIncompat)
}

// GetSuperblock decodes a superblock.
func GetSuperblock(b []byte) Superblock {
	_ = b[SuperblockSize-1]
	return Superblock{
		UUID:            [16]byte(b[48:64]),
		Magic:           le.Uint32(b[0:]),
		FeatureCompat:   le.Uint32(b[8:]),
		BlockBits:       b[12],
		RootNid:         le.Uint16(b[14:]),
		Inodes:          le.Uint64(b[16:]),
		BuildTime:       int64(le.Uint64(b[24:])),
		BuildTimeNsec:   le.Uint32(b[32:]),
		Blocks:          le.Uint32(b[36:]),
		MetaBlock:       le.Uint32(b[40:]),
		XattrBlock:      le.Uint32(b[44:]),
		FeatureIncompat: le.Uint32(b[80:]),
	}
}
