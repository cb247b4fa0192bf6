package layer

import (
	"encoding/binary"
	"errors"
	"math"
)

// Forms of file capabilities (linux/capability.h): a word with the revision and a flag, and two
// pairs of sets. Revision 3 adds the id of the user namespace's root. Linux no longer reads
// revision 1, which has one pair.
const (
	capRevision2     = 0x02000000
	capRevision3     = 0x03000000
	capFlagEffective = 1
	capSize2         = 20
	capSize3         = 24
)

var errCapability = errors.New("malformed file capability")

// checkCapability returns an error for file capabilities that setxattr(2) refuses
// (cap_convert_nscap). The kernel could neither run such a file nor copy it up.
func checkCapability(value string) error {
	if len(value) != capSize2 && len(value) != capSize3 {
		return errCapability
	}
	b := []byte(value)
	revision := binary.LittleEndian.Uint32(b) &^ capFlagEffective
	switch {
	case len(b) == capSize2 && revision == capRevision2:
		return nil
	case len(b) == capSize3 && revision == capRevision3 && binary.LittleEndian.Uint32(b[capSize2:]) != math.MaxUint32:
		return nil
	}
	return errCapability
}
