//go:build cgo && isal && libzstd

package decompress_test

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// zstdStream returns several frames, and frames to be skipped.
func zstdStream(t testing.TB, rng *rand.Rand) []byte {
	t.Helper()
	var b bytes.Buffer
	for n := range rng.IntN(3) + 1 {
		if n > 0 && rng.IntN(3) == 0 {
			b.Write(skippable(uint32(rng.IntN(16)), make([]byte, rng.IntN(100))))
		}
		z, err := zstd.NewWriter(&b, zstd.WithEncoderLevel(zstd.EncoderLevel(rng.IntN(4)+1)), zstd.WithEncoderCRC(rng.IntN(2) == 0),
			zstd.WithSingleSegment(rng.IntN(2) == 0), zstd.WithWindowSize(zstd.MinWindowSize<<rng.IntN(10)), zstd.WithEncoderConcurrency(1))
		if err != nil {
			t.Fatal(err)
		}
		writeWords(t, rng, z)
	}
	return b.Bytes()
}

// skippable returns a frame to be skipped.
func skippable(kind uint32, content []byte) []byte {
	frame := binary.LittleEndian.AppendUint32(nil, 0x184d2a50|kind)
	return append(binary.LittleEndian.AppendUint32(frame, uint32(len(content))), content...)
}

// TestFrames reads frames that end anywhere, frames that need much memory, and other bytes.
func TestFrames(t *testing.T) {
	f := formats["zstd"]
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderCRC(true))
	if err != nil {
		t.Fatal(err)
	}
	frame := encoder.EncodeAll([]byte("content"), nil)
	for _, in := range [][]byte{nil, frame, append(bytes.Clone(frame), frame...), append(bytes.Clone(frame), skippable(3, []byte("skipped"))...)} {
		for cut := range len(in) + 1 {
			f.same(t, in[:cut], false)
		}
	}
	for name, in := range map[string][]byte{
		"window of 128 MiB":       {0x28, 0xb5, 0x2f, 0xfd, 0, 17 << 3, 1, 0, 0},
		"window above it":         {0x28, 0xb5, 0x2f, 0xfd, 0, 17<<3 | 1, 1, 0, 0},
		"window of 2 TiB":         {0x28, 0xb5, 0x2f, 0xfd, 0, 31 << 3, 1, 0, 0},
		"content of 1 GiB":        {0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0x40, 1, 0, 0},
		"dictionary":              {0x28, 0xb5, 0x2f, 0xfd, 1, 0, 7, 1, 0, 0},
		"reserved bit":            {0x28, 0xb5, 0x2f, 0xfd, 8, 0, 1, 0, 0},
		"frame of a format 0.7":   append(bytes.Clone(frame), 0x27, 0xb5, 0x2f, 0xfd, 0, 0, 0xc0, 0, 0),
		"wrong checksum":          append(bytes.Clone(frame[:len(frame)-1]), frame[len(frame)-1]^1),
		"frame, then other bytes": append(bytes.Clone(frame), "other bytes"...),
	} {
		t.Run(name, func(t *testing.T) { f.same(t, in, false) })
	}
}

// FuzzZstd reads damaged frames.
func FuzzZstd(f *testing.F) {
	for seed := range uint64(20) {
		in := zstdStream(f, rand.New(rand.NewPCG(seed, 1)))
		f.Add(in[:min(len(in), 4000)])
	}
	f.Fuzz(func(t *testing.T, in []byte) { formats["zstd"].same(t, in, true) })
}
