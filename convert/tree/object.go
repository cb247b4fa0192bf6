package tree

import "github.com/composefs-storage/composefs-storage/convert/verity"

// ByDigest, as the Payload of a regular file with a Digest, means the [ObjectPath] of the digest.
// Nearly every file has this payload; paths would take a quarter of the memory of a tree. Readers
// of trees use it wherever they can.
const ByDigest = "\x00" // not a valid path

// ObjectPathSize returns the length in bytes of an object's path.
func ObjectPathSize(d verity.Digest) int { return 2*d.Algorithm().Size() + 1 }

// ObjectPath returns the path of an object below an object directory: the first two hexadecimal
// digits of its fs-verity digest, a slash and the rest. The pool, layers and the redirect xattrs of
// images use it.
func ObjectPath(d verity.Digest) string {
	var b [objectPathMax]byte
	return string(AppendObjectPath(b[:0], d))
}

// objectPathMax is the length of the longest path, with sha512.
const objectPathMax = 129

// AppendObjectPath appends the [ObjectPath] of a digest to b.
func AppendObjectPath(b []byte, d verity.Digest) []byte {
	at := len(b)
	b = d.AppendHex(append(b, '/'))
	b[at], b[at+1], b[at+2] = b[at+1], b[at+2], '/' // ab/cdef from /abcdef
	return b
}

// IsObjectPath reports whether path is the [ObjectPath] of a digest.
func IsObjectPath[P string | []byte](path P, d verity.Digest) bool {
	if d.IsZero() || len(path) != ObjectPathSize(d) {
		return false
	}
	var b [objectPathMax]byte
	return string(path) == string(AppendObjectPath(b[:0], d))
}

// BackingPath returns the backing path of a regular file, or "".
func (n *Inode) BackingPath() string {
	if n.Payload == ByDigest && !n.Digest.IsZero() {
		return ObjectPath(n.Digest)
	}
	return n.Payload
}
