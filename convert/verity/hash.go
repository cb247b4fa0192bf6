package verity

import (
	"crypto/sha512"
	"encoding/binary"
	"hash"
)

// Hash computes the fs-verity digest of the bytes written to it. It holds two blocks of data and two
// of each tree level: 8 KiB for every factor of 128 (sha256) or 64 (sha512) in the file's size. It
// implements [hash.Hash].
type Hash struct {
	algorithm Algorithm
	size      uint64   // bytes written
	levels    [][]byte // less than pairSize bytes each, with room for that many; level 0 is data
}

// pairSize is the size of two blocks, which are hashed at a time.
const pairSize = 2 * BlockSize

var _ hash.Hash = (*Hash)(nil)

// New returns a Hash for sha256.
func New() *Hash { return NewHash(SHA256) }

// NewHash returns a Hash for the given algorithm. It panics on an algorithm that is not a constant
// of this package.
func NewHash(a Algorithm) *Hash {
	if a != SHA256 && a != SHA512 {
		panic("verity: internal error: unknown " + a.String())
	}
	return &Hash{algorithm: a, levels: [][]byte{make([]byte, 0, pairSize)}}
}

// Spare returns an empty hash, whose memory is reused after [Hash.Done].
func (a Algorithm) Spare() *Hash {
	h := spare[a].Get().(*Hash)
	h.Reset()
	return h
}

// Done gives back a hash of [Algorithm.Spare].
func (h *Hash) Done() { spare[h.algorithm].Put(h) }

// Write adds content; it never fails.
func (h *Hash) Write(p []byte) (int, error) {
	n := len(p)
	h.size += uint64(n)
	if pending := h.levels[0]; len(pending) > 0 {
		take := min(pairSize-len(pending), len(p))
		pending = append(pending, p[:take]...)
		p = p[take:]
		if len(pending) == pairSize {
			h.push(pending)
			pending = pending[:0]
		}
		h.levels[0] = pending
	}
	for ; len(p) >= pairSize; p = p[pairSize:] {
		h.push(p[:pairSize])
	}
	h.levels[0] = append(h.levels[0], p...)
	return n, nil
}

// push adds the hashes of two full data blocks to level 1, and those of every level that becomes
// full to the level above.
func (h *Hash) push(pair []byte) {
	for i := 1; ; i++ {
		if i == len(h.levels) {
			h.addLevel()
		}
		level := h.algorithm.append(h.levels[i], pair)
		if len(level) < pairSize {
			h.levels[i] = level
			return
		}
		h.levels[i] = level[:0]
		pair = level
	}
}

// addLevel adds an empty level. It reuses the memory from before Reset.
func (h *Hash) addLevel() {
	if n := len(h.levels); n < cap(h.levels) {
		h.levels = h.levels[:n+1]
		if h.levels[n] != nil {
			h.levels[n] = h.levels[n][:0]
			return
		}
		h.levels = h.levels[:n]
	}
	h.levels = append(h.levels, make([]byte, 0, pairSize))
}

// root returns the root hash. It does not change what h has read, but may add an empty level.
func (h *Hash) root() []byte {
	if h.size == 0 {
		return make([]byte, h.algorithm.Size()) // by definition, not the hash of a block
	}
	var hashes [2 * sha512.Size]byte
	up := hashes[:0] // the hashes that go to the next level: none if the level below ended with a pair
	for i := 0; ; i++ {
		if i == len(h.levels) {
			h.addLevel()
		}
		// Add and pad in the unused part of the buffer.
		level := h.levels[i][:pairSize]
		used := len(h.levels[i])
		used += copy(level[used:], up)
		if i > 0 && i == len(h.levels)-1 && used == h.algorithm.Size() {
			return level[:used]
		}
		end := (used + BlockSize - 1) / BlockSize * BlockSize
		clear(level[used:end])
		up = h.algorithm.append(up[:0], level[:end])
	}
}

// Sum appends the digest of the bytes written so far to b.
func (h *Hash) Sum(b []byte) []byte {
	// struct fsverity_descriptor; salt, its size and the reserved fields are 0.
	var descriptor [256]byte
	descriptor[0] = 1 // version
	descriptor[1] = byte(h.algorithm)
	descriptor[2] = 12 // log2 of BlockSize
	binary.LittleEndian.PutUint64(descriptor[8:], h.size)
	copy(descriptor[16:80], h.root())
	return h.algorithm.appendHash(b, descriptor[:])
}

// Digest returns the fs-verity digest of the bytes written so far.
func (h *Hash) Digest() Digest {
	var sum [sha512.Size]byte
	return NewDigest(h.Sum(sum[:0]))
}

// Reset resets h and keeps its memory.
func (h *Hash) Reset() {
	h.size = 0
	h.levels = h.levels[:1]
	h.levels[0] = h.levels[0][:0]
}

// Size returns the digest's length in bytes.
func (h *Hash) Size() int { return h.algorithm.Size() }

// BlockSize returns [BlockSize], the size in which Write works best.
func (h *Hash) BlockSize() int { return BlockSize }
