package convert

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// LayerUUID returns the UUID of the image of a layer, which layers with other entries do not have. overlayfs
// finds the origin of a written file again only if not more than one of its lower file systems has no UUID, and
// merged images have none.
//
// It is the sum of the first halves of sha256 of all entries, each with its name, metadata but xattrs, and content
// or digest. Hashing the image instead would write it twice.
func LayerUUID(t *tree.Tree) (uuid [16]byte) {
	var low, high uint64
	var b []byte
	for e := range t.All() {
		b = appendEntry(b[:0], e)
		sum := sha256.Sum256(b)
		low += binary.LittleEndian.Uint64(sum[:])
		high += binary.LittleEndian.Uint64(sum[8:])
	}
	binary.LittleEndian.PutUint64(uuid[:], low)
	binary.LittleEndian.PutUint64(uuid[8:], high)
	return uuid
}

func appendEntry(b []byte, e *tree.Entry) []byte {
	n := e.Inode
	for _, number := range []uint32{n.Mode, n.UID, n.GID, n.Rdev, n.MtimeNsec} {
		b = binary.LittleEndian.AppendUint32(b, number)
	}
	b = binary.LittleEndian.AppendUint64(b, uint64(n.MtimeSec))
	b = append(b, n.Digest.Bytes()...)
	b = append(append(append(b, e.Name...), 0), n.Content...)
	if n.Type() == tree.TypeSymlink {
		b = append(b, n.Payload...)
	}
	return b
}
