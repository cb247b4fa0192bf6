package tree

import "encoding/hex"

// ByDigest, as the Payload of a regular file with a Digest, means the [ObjectPath] of the digest.
// Nearly every file has this payload; paths would take a quarter of the memory of a tree. Readers
// of trees use it wherever they can.
const ByDigest = "\x00" // not a valid path

// objectPathSize is the length in bytes of an object's path.
const objectPathSize = 65

// ObjectPath returns the path of an object below an object directory: the first two hexadecimal
// digits of its fs-verity digest, a slash and the rest. The pool, layers and the redirect xattrs of
// images use it.
func ObjectPath(digest [32]byte) string {
	var b [objectPathSize]byte
	return string(AppendObjectPath(b[:0], &digest))
}

// AppendObjectPath appends the [ObjectPath] of a digest to b.
func AppendObjectPath(b []byte, digest *[32]byte) []byte {
	b = hex.AppendEncode(b, digest[:1])
	b = append(b, '/')
	return hex.AppendEncode(b, digest[1:])
}

// IsObjectPath reports whether path is the [ObjectPath] of a digest.
func IsObjectPath[P string | []byte](path P, digest *[32]byte) bool {
	if digest == nil || len(path) != objectPathSize {
		return false
	}
	var b [objectPathSize]byte
	return string(path) == string(AppendObjectPath(b[:0], digest))
}

// BackingPath returns the backing path of a regular file, or "".
func (n *Inode) BackingPath() string {
	if n.Payload == ByDigest && n.Digest != nil {
		return ObjectPath(*n.Digest)
	}
	return n.Payload
}
