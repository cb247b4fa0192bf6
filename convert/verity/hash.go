package verity

import (
	"crypto/sha512"
	"encoding/binary"
	"hash"
)

// Hash computes the fs-verity digest of the bytes written to it. It holds a block of data and a
// block of each tree level: 4 KiB for every factor of 128 (sha256) or 64 (sha512) in the file's
// size. It implements [hash.Hash].
type Hash struct {
	algorithm Algorithm
	size      uint64   // bytes written
	levels    [][]byte // a partly filled block each; level 0 is data
}

var _ hash.Hash = (*Hash)(nil)

// New returns a Hash for sha256.
func New() *Hash { return NewHash(SHA256) }

// NewHash returns a Hash for the given algorithm. It panics on an algorithm that is not a constant
// of this package.
func NewHash(a Algorithm) *Hash {
	if a != SHA256 && a != SHA512 {
		panic("verity: internal error: unknown " + a.String())
	}
	return &Hash{algorithm: a, levels: [][]byte{make([]byte, 0, BlockSize)}}
}

// Write adds content; it never fails.
func (h *Hash) Write(p []byte) (int, error) {
	n := len(p)
	h.size += uint64(n)
	if pending := h.levels[0]; len(pending) > 0 {
		take := min(BlockSize-len(pending), len(p))
		pending = append(pending, p[:take]...)
		p = p[take:]
		if len(pending) == BlockSize {
			h.push(pending)
			pending = pending[:0]
		}
		h.levels[0] = pending
	}
	for ; len(p) >= BlockSize; p = p[BlockSize:] {
		h.push(p[:BlockSize])
	}
	h.levels[0] = append(h.levels[0], p...)
	return n, nil
}

// push adds the hash of a full data block to level 1, and the hash of every level that becomes full
// to the level above.
func (h *Hash) push(block []byte) {
	for i := 1; ; i++ {
		if i == len(h.levels) {
			h.addLevel()
		}
		level := h.algorithm.append(h.levels[i], block)
		if len(level) < BlockSize {
			h.levels[i] = level
			return
		}
		h.levels[i] = level[:0]
		block = level
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
	h.levels = append(h.levels, make([]byte, 0, BlockSize))
}

// root returns the root hash. It does not change h.
func (h *Hash) root() []byte {
	if h.size == 0 {
		return make([]byte, h.algorithm.Size()) // by definition, not the hash of a block
	}
	var hash [sha512.Size]byte
	up := hash[:0] // the hash that goes to the next level
	for i, level := range h.levels {
		// Pad in the unused part of the buffer.
		block := level[:BlockSize]
		used := len(level) + copy(block[len(level):], up)
		clear(block[used:])
		switch {
		case used == 0: // the level below ended with a full block
			up = up[:0]
		case i > 0 && i == len(h.levels)-1 && used == h.algorithm.Size():
			return block[:used]
		default:
			up = h.algorithm.append(up[:0], block)
		}
	}
	return up
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
	return h.algorithm.append(b, descriptor[:])
}

// Digest returns the fs-verity digest of the bytes written so far. It panics unless the algorithm
// is SHA256.
func (h *Hash) Digest() Digest {
	if h.algorithm != SHA256 {
		panic("verity: internal error: Digest of a " + h.algorithm.String() + " hash")
	}
	return Digest(h.Sum(nil))
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
