package splitstream

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// ErrFormat is returned for bytes that are no split stream of version 0.
var ErrFormat = errors.New("not a split stream")

// The types of the streams of container images.
const (
	Layer    = "ocilayer"
	Config   = "ociconfg"
	Manifest = "ocimanif"
	Blob     = "oci_blob"
)

const (
	magic      = "SplitStream"
	headerSize = 32
	infoSize   = 80
	blockBits  = 12 // fs-verity blocks of 4096 bytes
)

// span is a place in the file.
type span struct{ Begin, End uint64 }

// header is the first part of the file.
type header struct {
	Magic     [len(magic)]byte
	Version   uint8
	Flags     uint16 // ignored
	Algorithm uint8
	BlockBits uint8
	Info      span
}

// info is the part that the header names.
type info struct {
	Streams, Objects, Sequence, Names span
	Type                              [8]byte
	Size                              uint64 // of the sequence with the contents of objects
}

// check returns the algorithm of a header.
func (h *header) check() (verity.Algorithm, error) {
	a := verity.Algorithm(h.Algorithm)
	switch {
	case string(h.Magic[:]) != magic:
		return 0, ErrFormat
	case h.Version != 0:
		return 0, fmt.Errorf("%w: version %d is unknown, 0 is possible", ErrFormat, h.Version)
	case a != verity.SHA256 && a != verity.SHA512:
		return 0, fmt.Errorf("%w: algorithm %d is unknown", ErrFormat, h.Algorithm)
	case h.BlockBits != blockBits:
		return 0, fmt.Errorf("%w: fs-verity blocks of 2^%d bytes", ErrFormat, h.BlockBits)
	}
	return a, nil
}

var order = binary.LittleEndian
