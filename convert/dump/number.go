package dump

import (
	"bytes"
	"math"
	"math/bits"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// parseNumber reads a number as mkcomposefs does, by strtoull(3) on the whole field: leading white
// space, a sign and leading zeros are accepted, "-5" is 2^64-5, and numbers that are too large
// become 2^64-1.
func parseNumber(field []byte, base uint64) (uint64, error) {
	s := bytes.TrimLeft(field, "\t\v\f\r") // a space or newline cannot be in a field
	negative := false
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		negative = s[0] == '-'
		s = s[1:]
	}
	if len(s) == 0 {
		return 0, badInteger(field)
	}
	var value uint64
	overflow := false
	for _, c := range s {
		if c < '0' || uint64(c-'0') >= base {
			return 0, badInteger(field)
		}
		high, low := bits.Mul64(value, base)
		sum, carry := bits.Add64(low, uint64(c-'0'), 0)
		overflow = overflow || high != 0 || carry != 0
		value = sum
	}
	switch {
	case overflow:
		return math.MaxUint64, nil
	case negative:
		return -value, nil
	}
	return value, nil
}

func badInteger(field []byte) error {
	return complain("Invalid integer %s", field)
}

// numbers are the values of the fields SIZE to MTIME.
type numbers struct {
	size            uint64
	nlink, uid, gid uint32
	rdev            uint64 // in full, because a strict check comes before it is truncated
	sec             int64
	nsec            uint32
}

// parseNumbers reads the numeric fields in mkcomposefs's order of checks. All but size, device
// number and seconds are truncated to 32 bits.
func parseNumbers(f *fields) (n numbers, err error) {
	if n.size, err = parseNumber(f[fieldSize], 10); err != nil {
		return n, err
	}
	var uid uint64
	number := func(field int) uint64 {
		value, e := parseNumber(f[field], 10)
		// As in mkcomposefs, an invalid GID or RDEV is read as 0 without an error unless UID is 0.
		// The UID of this check is not truncated: 2^32 is not 0.
		if e != nil && err == nil && (field <= fieldUID || uid == 0) {
			err = e
		}
		return value
	}
	n.nlink = uint32(number(fieldNlink))
	uid = number(fieldUID)
	n.uid = uint32(uid)
	n.gid = uint32(number(fieldGID))
	n.rdev = number(fieldRdev)
	if err != nil {
		return n, err
	}
	// Two integers with a dot between them, not a decimal fraction.
	sec, nsec, _ := bytes.Cut(f[fieldMtime], []byte{'.'})
	value, err := parseNumber(sec, 10)
	if err != nil {
		return n, err
	}
	n.sec = int64(value)
	value, err = parseNumber(nsec, 10)
	n.nsec = uint32(value)
	return n, err
}

// parseMode reads MODE without its "@". It returns the low 16 bits, with one of the seven file
// types.
func parseMode(field []byte) (uint32, error) {
	value, err := parseNumber(field, 8)
	if err != nil {
		return 0, err
	}
	mode := uint32(value) & 0xffff
	switch mode & tree.TypeMask {
	case tree.TypeFifo, tree.TypeChar, tree.TypeDir, tree.TypeBlock,
		tree.TypeRegular, tree.TypeSymlink, tree.TypeSocket:
		return mode, nil
	}
	return 0, complain("Invalid mode %o", uint32(value))
}
