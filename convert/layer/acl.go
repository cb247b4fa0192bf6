package layer

import (
	"encoding/binary"
	"errors"
	"math"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// The binary form of POSIX ACLs in xattrs (linux/posix_acl_xattr.h): a version, then
// entries of tag, permissions and id, sorted by tag. All little-endian.
const (
	aclVersion    = "\x02\x00\x00\x00"
	aclHeaderSize = len(aclVersion)
	aclEntrySize  = 8
)

// Tags of entries (linux/posix_acl.h).
const (
	aclUserObj  = 0x01
	aclUser     = 0x02
	aclGroupObj = 0x04
	aclGroup    = 0x08
	aclMask     = 0x10
	aclOther    = 0x20
)

var errACL = errors.New("malformed POSIX ACL")

// setACL imitates setxattr(2) of a POSIX ACL: an access ACL sets the mode's permission bits, and is
// not kept if it is equivalent to them.
func setACL(n *tree.Inode, name, value string) error {
	otherVersion := len(value) >= aclHeaderSize && value[:aclHeaderSize] != aclVersion
	if n.Type() == tree.TypeSymlink || otherVersion {
		return nil // ENOTSUP, which the unpacker ignores
	}
	if name == xattrDefaultACL && !n.IsDir() {
		return errors.New("a default ACL on a file that is not a directory")
	}
	acl, err := parseACL(value)
	if err != nil {
		return err
	}
	empty := len(acl.value) == aclHeaderSize
	if name == xattrAccessACL && !empty {
		n.Mode = n.Mode&^0o777 | acl.perm
	}
	if empty || name == xattrAccessACL && !acl.extended {
		n.Xattrs = n.Xattrs.Without(name)
		return nil
	}
	n.Xattrs = n.Xattrs.With(name, acl.value)
	return nil
}

// acl is a checked POSIX ACL.
type acl struct {
	value    string // as the kernel returns it
	perm     uint32 // the permission bits that it sets
	extended bool   // it has entries beyond these
}

// parseACL reads an ACL and checks it as the kernel does (posix_acl_from_xattr,
// posix_acl_valid).
func parseACL(value string) (acl, error) {
	b := []byte(value)
	if len(b) < aclHeaderSize || (len(b)-aclHeaderSize)%aclEntrySize != 0 {
		return acl{}, errACL
	}
	var a acl
	var seen uint16 // tags
	previous, named := uint16(0), false
	for e := b[aclHeaderSize:]; len(e) > 0; e = e[aclEntrySize:] {
		tag, perm := binary.LittleEndian.Uint16(e), binary.LittleEndian.Uint16(e[2:])
		isNamed := tag == aclUser || tag == aclGroup
		if perm > 7 || tag < previous || tag == previous && !isNamed {
			return acl{}, errACL
		}
		switch tag {
		case aclUserObj:
			a.perm |= uint32(perm) << 6
		case aclGroupObj:
			a.perm |= uint32(perm) << 3
		case aclMask: // replaces the group's bits
			a.perm = a.perm&^0o070 | uint32(perm)<<3
		case aclOther:
			a.perm |= uint32(perm)
		case aclUser, aclGroup:
			if binary.LittleEndian.Uint32(e[4:]) == math.MaxUint32 { // no id
				return acl{}, errACL
			}
			named = true
		default:
			return acl{}, errACL
		}
		if !isNamed {
			binary.LittleEndian.PutUint32(e[4:], math.MaxUint32) // no id
		}
		previous, seen = tag, seen|tag
	}
	const needed = aclUserObj | aclGroupObj | aclOther
	if seen != 0 && (seen&needed != needed || named && seen&aclMask == 0) {
		return acl{}, errACL
	}
	a.value, a.extended = string(b), seen&^needed != 0
	return a, nil
}
