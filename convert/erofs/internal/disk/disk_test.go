package disk

import (
	"bytes"
	"encoding/binary"
	"math"
	"reflect"
	"testing"
)

// The structures as declared in erofs_fs.h and lcfs-erofs.h. encoding/binary encodes them, which
// shares no code with Put.
type (
	cHeader struct {
		Magic, Version, Flags, ComposefsVersion uint32
		Unused                                  [4]uint32
	}
	cSuperblock struct {
		Magic, Checksum, FeatureCompat uint32
		BlkSzBits, SbExtSlots          uint8
		RootNid                        uint16
		Inos                           uint64
		BuildTime                      int64
		BuildTimeNsec, Blocks          uint32
		MetaBlkAddr, XattrBlkAddr      uint32
		UUID                           [16]uint8
		VolumeName                     [16]uint8
		FeatureIncompat                uint32
		Rest                           [44]uint8
	}
	cCompact struct {
		Format, XattrCount, Mode, Nlink uint16
		Size, Reserved, U, Ino          uint32
		UID, GID                        uint16
		Reserved2                       uint32
	}
	cExtended struct {
		Format, XattrCount, Mode, Reserved uint16
		Size                               uint64
		U, Ino, UID, GID                   uint32
		Mtime                              int64
		MtimeNsec, Nlink                   uint32
		Reserved2                          [16]uint8
	}
	cDirent struct {
		Nid        uint64
		NameOffset uint16
		FileType   uint8
		Reserved   uint8
	}
	cXattrHeader struct {
		NameFilter  uint32
		SharedCount uint8
		Reserved    [7]uint8
	}
	cXattrEntry struct {
		NameLen, NameIndex uint8
		ValueSize          uint16
	}
)

func layout(t *testing.T, v any) []byte {
	t.Helper()
	b, err := binary.Append(nil, binary.LittleEndian, v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestLayouts(t *testing.T) {
	header := Header{Magic: 1, Version: 2, Flags: 3, ComposefsVersion: 4}
	super := Superblock{
		Magic: 1, FeatureCompat: 2, BlockBits: 3, RootNid: 4, Inodes: 1 << 40, BuildTime: -6, BuildTimeNsec: 7,
		Blocks: 8, MetaBlock: 9, XattrBlock: 10, FeatureIncompat: 11,
	}
	compact := Inode{
		Layout: FlatInline, XattrCount: 2, Mode: 3, Nlink: math.MaxUint16, Size: math.MaxUint32, U: 6, Ino: 7,
		UID: 8, GID: math.MaxUint16,
	}
	extended := Inode{
		Extended: true, Layout: ChunkBased, XattrCount: 2, Mode: 3, Nlink: math.MaxUint32, Size: math.MaxUint64, U: 6,
		Ino: 7, UID: math.MaxUint32, GID: 9, Mtime: -10, MtimeNsec: 11,
	}
	dirent := Dirent{Nid: 1 << 40, NameOffset: 2, FileType: 3}
	xattrHeader := XattrHeader{NameFilter: 1, SharedCount: 2}
	xattrEntry := XattrEntry{NameLen: 1, NameIndex: 2, ValueSize: 3}
	for _, tc := range []struct {
		name string
		size int
		put  func([]byte)
		get  func([]byte) any
		in   any
		want any
	}{
		{
			"header", HeaderSize, header.Put, func(b []byte) any { return GetHeader(b) }, header,
			cHeader{Magic: 1, Version: 2, Flags: 3, ComposefsVersion: 4},
		},
		{
			"superblock", SuperblockSize, super.Put, func(b []byte) any { return GetSuperblock(b) }, super,
			cSuperblock{
				Magic: 1, FeatureCompat: 2, BlkSzBits: 3, RootNid: 4, Inos: 1 << 40, BuildTime: -6, BuildTimeNsec: 7,
				Blocks: 8, MetaBlkAddr: 9, XattrBlkAddr: 10, FeatureIncompat: 11,
			},
		},
		{
			"compact inode", CompactSize, compact.Put, func(b []byte) any { return GetInode(b) }, compact,
			cCompact{Format: 4, XattrCount: 2, Mode: 3, Nlink: math.MaxUint16, Size: math.MaxUint32, U: 6, Ino: 7, UID: 8, GID: math.MaxUint16},
		},
		{
			"extended inode", ExtendedSize, extended.Put, func(b []byte) any { return GetInode(b) }, extended,
			cExtended{
				Format: 9, XattrCount: 2, Mode: 3, Size: math.MaxUint64, U: 6, Ino: 7, UID: math.MaxUint32, GID: 9, Mtime: -10,
				MtimeNsec: 11, Nlink: math.MaxUint32,
			},
		},
		{
			"dirent", DirentSize, dirent.Put, func(b []byte) any { return GetDirent(b) }, dirent,
			cDirent{Nid: 1 << 40, NameOffset: 2, FileType: 3},
		},
		{
			"xattr header", XattrHeaderSize, xattrHeader.Put, func(b []byte) any { return GetXattrHeader(b) }, xattrHeader,
			cXattrHeader{NameFilter: 1, SharedCount: 2},
		},
		{
			"xattr entry", XattrEntrySize, xattrEntry.Put, func(b []byte) any { return GetXattrEntry(b) }, xattrEntry,
			cXattrEntry{NameLen: 1, NameIndex: 2, ValueSize: 3},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			want := layout(t, tc.want)
			if len(want) != tc.size {
				t.Errorf("size %d, the C structure has %d", tc.size, len(want))
			}
			got := make([]byte, tc.size)
			tc.put(got)
			if !bytes.Equal(got, want) {
				t.Errorf("Put: %x, want %x", got, want)
			}
			if back := tc.get(got); !reflect.DeepEqual(back, tc.in) {
				t.Errorf("Get: %+v, want %+v", back, tc.in)
			}
		})
	}
}

// TestFilterBits checks the hashes and bits of names that images of mkcomposefs have.
func TestFilterBits(t *testing.T) {
	for _, tc := range []struct {
		name  string
		index uint8
		hash  uint32
		bit   int
	}{
		{"trusted.overlay.opaque", 4, 0x4ce0a7f4, 20},
		{"trusted.overlay.metacopy", 4, 0xdbe5e05f, 31},
		{"trusted.overlay.redirect", 4, 0x887ec271, 17},
		{"trusted.overlay.overlay.opaque", 4, 0x207b5265, 5},
		{"trusted.overlay.overlay.whiteout", 4, 0x54a3e364, 4},
		{"trusted.overlay.overlay.whiteouts", 4, 0x46dd3e0c, 12},
		{"user.overlay.whiteout", 1, 0xed142e09, 9},
		{"user.overlay.whiteouts", 1, 0xd11b80b4, 20},
		{"user.overlay.opaque", 1, 0xf8dc99ea, 10},
		{"security.selinux", 6, 0x9490146b, 11},
		{"security.capability", 6, 0x8c47ac5d, 29},
		{"system.posix_acl_access", 2, 0x0857597e, 30},
		{"system.posix_acl_default", 3, 0x59eeabb5, 21},
		{"user.", 1, 0xea92ca90, 16},
		{"foo", 0, 0x483bdd47, 7},
	} {
		index, suffix := SplitXattrName(tc.name)
		if index != tc.index {
			t.Errorf("%s: prefix %d, want %d", tc.name, index, tc.index)
		}
		if got := xxh32(suffix, filterSeed+uint32(index)); got != tc.hash {
			t.Errorf("%s: hash %#x, want %#x", tc.name, got, tc.hash)
		}
		if got := FilterBit(index, suffix); got != 1<<tc.bit {
			t.Errorf("%s: bit %#x, want 1<<%d", tc.name, got, tc.bit)
		}
		if prefix, ok := XattrPrefix(index); !ok || prefix+suffix != tc.name {
			t.Errorf("%s: prefix %q, %t", tc.name, prefix, ok)
		}
	}
	if _, ok := XattrPrefix(5); ok {
		t.Error("prefix 5 is not used")
	}
}

func TestXXH32(t *testing.T) {
	for in, want := range map[string]uint32{"": 0x02cc5d05, "abc": 0x32d153ff} {
		if got := xxh32(in, 0); got != want {
			t.Errorf("xxh32(%q) = %#x, want %#x", in, got, want)
		}
	}
}

func TestXattrSizes(t *testing.T) {
	for _, size := range []int{0, 12, 16, 12 + 4*(math.MaxUint16-1)} {
		if got := XattrAreaSize(XattrCount(size)); got != size {
			t.Errorf("XattrAreaSize(XattrCount(%d)) = %d", size, got)
		}
	}
	for _, tc := range []struct {
		e    XattrEntry
		want int
	}{{XattrEntry{}, 4}, {XattrEntry{NameLen: 1}, 8}, {XattrEntry{NameLen: 2, ValueSize: 2}, 8}, {XattrEntry{NameLen: 255, ValueSize: 65535}, 65796}} {
		if got := tc.e.DiskSize(); got != tc.want {
			t.Errorf("DiskSize of %+v = %d, want %d", tc.e, got, tc.want)
		}
	}
}
