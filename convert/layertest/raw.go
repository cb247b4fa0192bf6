package layertest

import (
	"fmt"
	"strconv"
	"strings"
)

const blockSize = 512

// RawHeader returns the block of a ustar header. It writes fields at their offsets before it
// computes the checksum.
func RawHeader(typeflag byte, name string, mode int64, size int, fields map[int]string) []byte {
	b := make([]byte, blockSize)
	copy(b, name)
	copy(b[100:], fmt.Sprintf("%07o\x00%07o\x00%07o\x00%011o\x00%011o\x00        %c", mode, 0, 0, size, Time.Unix(), typeflag))
	copy(b[257:], "ustar\x0000")
	for at, value := range fields {
		copy(b[at:], value)
	}
	setChecksum(b)
	return b
}

// Padded returns s filled up to whole blocks.
func Padded(s string) string { return s + strings.Repeat("\x00", -len(s)&(blockSize-1)) }

// PAXRecord returns a record of an extended header. Its length includes the length field.
func PAXRecord(key, value string) string {
	rest := len(key) + len(value) + len(" =\n")
	size := rest
	for size != rest+len(strconv.Itoa(size)) {
		size = rest + len(strconv.Itoa(size))
	}
	return fmt.Sprintf("%d %s=%s\n", size, key, value)
}

// raw is a header with a content.
func raw(typeflag byte, name, content string, fields map[int]string) string {
	return string(RawHeader(typeflag, name, 0o644, len(content), fields)) + Padded(content)
}

// OfType is an entry of any type flag, known or not.
func OfType(typeflag byte, name, content string) Entry {
	return Raw([]byte(raw(typeflag, name, content, nil)))
}

// SparseGNU is a file in the old GNU form: data at offset and nothing before it.
func SparseGNU(name string, offset int, data string) Entry {
	return Raw([]byte(raw('S', name, data, map[int]string{
		257: "ustar  \x00",
		386: fmt.Sprintf("%011o\x00%011o\x00", offset, len(data)),
		483: fmt.Sprintf("%011o\x00", offset+len(data)),
	})))
}

// SparsePAX is a file in GNU's PAX form 1.0.
func SparsePAX(name string, offset int, data string) Entry {
	return sparse(Padded(fmt.Sprintf("1\n%d\n%d\n", offset, len(data)))+data,
		"GNU.sparse.major", "1", "GNU.sparse.minor", "0", "GNU.sparse.name", name,
		"GNU.sparse.realsize", strconv.Itoa(offset+len(data)))
}

// SparsePAX01 is a file in GNU's PAX form 0.1.
func SparsePAX01(name string, offset int, data string) Entry {
	return sparse(data,
		"GNU.sparse.size", strconv.Itoa(offset+len(data)), "GNU.sparse.numblocks", "1",
		"GNU.sparse.map", fmt.Sprintf("%d,%d", offset, len(data)), "GNU.sparse.name", name)
}

func sparse(stored string, records ...string) Entry {
	var pax strings.Builder
	for i := 0; i < len(records); i += 2 {
		pax.WriteString(PAXRecord(records[i], records[i+1]))
	}
	return Raw([]byte(raw('x', "PaxHeaders/0", pax.String(), nil) + raw('0', "GNUSparseFile.0/x", stored, nil)))
}

// Global is a global extended header, as git archive writes.
func Global(key, value string) Entry {
	return OfType('g', "pax_global_header", PAXRecord(key, value))
}
