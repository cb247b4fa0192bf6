package verity

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"sync"
)

// BlockSize is the Merkle tree's block size in bytes, the only one that composefs allows. Changing
// it changes every digest.
const BlockSize = 4096

// Algorithm is a hash algorithm, with the number of the kernel's FS_VERITY_HASH_ALG_*
// (include/uapi/linux/fsverity.h).
type Algorithm uint8

// The algorithms of composefs repositories. mkcomposefs supports SHA256 only.
const (
	SHA256 Algorithm = 1
	SHA512 Algorithm = 2
)

// String returns the kernel's name of the algorithm.
func (a Algorithm) String() string {
	switch a {
	case SHA256:
		return "sha256"
	case SHA512:
		return "sha512"
	}
	return fmt.Sprintf("algorithm(%d)", uint8(a))
}

// ParseAlgorithm is the inverse of [Algorithm.String].
func ParseAlgorithm(name string) (Algorithm, error) {
	for _, a := range []Algorithm{SHA256, SHA512} {
		if a.String() == name {
			return a, nil
		}
	}
	return 0, fmt.Errorf("unknown algorithm %q: sha256 and sha512 are possible", name)
}

// Size returns the length of the algorithm's digest in bytes.
func (a Algorithm) Size() int {
	if a == SHA512 {
		return sha512.Size
	}
	return sha256.Size
}

// spare reuses hashes: their buffers would be most of the allocated memory of converting a layer of
// small files.
var spare = map[Algorithm]*sync.Pool{
	SHA256: {New: func() any { return NewHash(SHA256) }},
	SHA512: {New: func() any { return NewHash(SHA512) }},
}

// Sum returns the fs-verity digest of a file with that content.
func (a Algorithm) Sum(content []byte) Digest {
	h := a.Spare()
	defer h.Done()
	h.Write(content) //nolint:errcheck // a hash never fails
	return h.Digest()
}

// Sum returns the sha256 fs-verity digest of a file with that content.
func Sum(content []byte) Digest { return SHA256.Sum(content) }

// append appends the plain hashes of at most two blocks to b.
func (a Algorithm) append(b, blocks []byte) []byte {
	if a == SHA256 && len(blocks) == pairSize && !isZero(blocks[:BlockSize]) && !isZero(blocks[BlockSize:]) {
		var sums [2][sha256.Size]byte
		if sumPair(&sums, (*[pairSize]byte)(blocks)) {
			return append(append(b, sums[0][:]...), sums[1][:]...)
		}
	}
	for ; len(blocks) > 0; blocks = blocks[BlockSize:] {
		b = a.appendBlock(b, blocks[:BlockSize])
	}
	return b
}

// appendBlock appends the plain hash of one block to b. The hash of zeros is precomputed: a tar of a
// few bytes can contain a sparse file of terabytes.
func (a Algorithm) appendBlock(b, block []byte) []byte {
	if isZero(block) {
		return append(b, zeroHash[a]...)
	}
	return a.appendHash(b, block)
}

// isZero reports whether a block consists of zeros.
func isZero(block []byte) bool { return block[0] == 0 && bytes.Equal(block, zeros[:]) }

var (
	zeros    [BlockSize]byte
	zeroHash = map[Algorithm][]byte{
		SHA256: SHA256.appendHash(nil, zeros[:]),
		SHA512: SHA512.appendHash(nil, zeros[:]),
	}
)

func (a Algorithm) appendHash(b, block []byte) []byte {
	if a == SHA512 {
		sum := sha512.Sum512(block)
		return append(b, sum[:]...)
	}
	sum := sha256.Sum256(block)
	return append(b, sum[:]...)
}
