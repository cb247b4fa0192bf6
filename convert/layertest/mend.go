package layertest

import (
	"bytes"
	"fmt"
)

// Mend returns b with the right checksum in every block that looks like a header, so that a
// fuzzer's changes are not rejected because of a wrong checksum.
func Mend(b []byte) []byte {
	b = bytes.Clone(b)
	for block := b; len(block) >= blockSize; block = block[blockSize:] {
		if header := block[:blockSize]; bytes.HasPrefix(header[257:], []byte("ustar")) {
			setChecksum(header)
		}
	}
	return b
}

// setChecksum gives a header block its checksum.
func setChecksum(header []byte) {
	copy(header[148:], "        ")
	sum := 0
	for _, c := range header {
		sum += int(c)
	}
	copy(header[148:], fmt.Sprintf("%06o\x00 ", sum))
}
