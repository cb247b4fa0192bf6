package tree

import "encoding/hex"

// ByDigest, as the Payload of a regular file that has a Digest, stands for the
// [ObjectPath] of that. Nearly every file is so, and spelling the paths out would
// take a quarter of the memory of a tree. What reads trees uses it wherever it can.
const ByDigest = "\x00" // no path has that

// objectPathSize is the length in bytes of an object's path.
const objectPathSize = 65

// ObjectPath returns where the object with a digest is below an object directory, in
// the pool as in a layer and in the redirects of images: the first two hexadecimal
// digits, a slash and the rest. Nothing else decides it.
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

// BackingPath returns the backing path of a regular file, "" if there is none.
func (n *Inode) BackingPath() string {
	if n.Payload == ByDigest && n.Digest != nil {
		return ObjectPath(*n.Digest)
	}
	return n.Payload
}
