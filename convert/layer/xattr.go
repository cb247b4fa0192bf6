package layer

import (
	"archive/tar"
	"encoding/base64"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// PAX records with xattrs: star's, with the plain value, and libarchive's, with the name
// percent-encoded and the value in base64. bsdtar writes both.
const (
	schilyXattr     = "SCHILY.xattr."
	libarchiveXattr = "LIBARCHIVE.xattr."
)

// addXattrs adds the xattrs of a header to n, in the order of their names. Like containers/storage
// it leaves out names without a namespace in Linux, and the SELinux label, which the host assigns.
// It also leaves out user.* xattrs of files that cannot have any, for which containers/storage
// refuses the layer, and xattrs of overlayfs whose escaped names would be too long.
func (b *Builder) addXattrs(n *tree.Inode, hdr *tar.Header) error {
	if len(hdr.PAXRecords) == 0 {
		return nil
	}
	found, err := xattrsOf(hdr)
	if err != nil {
		return err
	}
	var plain tree.Xattrs
	for _, name := range slices.Sorted(maps.Keys(found)) {
		keep, err := setXattr(n, name, found[name])
		if err != nil {
			return fmt.Errorf("xattr %q: %w", name, err)
		}
		if keep {
			plain = append(plain, tree.Xattr{Name: name, Value: found[name]})
		}
	}
	if n.Xattrs, err = join(n.Xattrs, plain); err != nil {
		return err
	}
	if len(n.Xattrs) > 0 && slices.Equal(n.Xattrs, b.lastXattrs) {
		n.Xattrs = b.lastXattrs
	}
	b.lastXattrs = n.Xattrs
	return nil
}

// xattrsOf returns the xattrs in a header's records. star's form has precedence.
func xattrsOf(hdr *tar.Header) (map[string]string, error) {
	found := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(hdr.PAXRecords)) { // the last record of a name counts
		value := hdr.PAXRecords[key]
		if name, ok := strings.CutPrefix(key, schilyXattr); ok {
			found[name] = value
			continue
		}
		encoded, ok := strings.CutPrefix(key, libarchiveXattr)
		if !ok {
			continue
		}
		name, err := url.PathUnescape(encoded)
		if err != nil {
			return nil, fmt.Errorf("PAX record %q: %w", key, err)
		}
		if _, ok := hdr.PAXRecords[schilyXattr+name]; ok {
			continue
		}
		// libarchive writes no padding.
		raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(value, "="))
		if err != nil {
			return nil, fmt.Errorf("PAX record %q: %w", key, err)
		}
		found[name] = string(raw)
	}
	return found, nil
}

const (
	xattrSELinux    = "security.selinux"
	xattrOverlay    = "trusted.overlay."
	overlayEscape   = "overlay." // follows xattrOverlay in images, so that overlayfs treats the xattr as data
	xattrCapability = "security.capability"
	xattrAccessACL  = "system.posix_acl_access"
	xattrDefaultACL = "system.posix_acl_default"
)

// setXattr imitates setxattr(2). keep reports that the caller must add the xattr.
func setXattr(n *tree.Inode, name, value string) (keep bool, err error) {
	prefix, suffix, _ := strings.Cut(name, ".")
	switch {
	case name == xattrSELinux:
		return false, nil
	case name == xattrAccessACL, name == xattrDefaultACL:
		return false, setACL(n, name, value)
	case prefix != "user" && prefix != "trusted" && prefix != "security":
		return false, nil
	case prefix == "user" && n.Type() != tree.TypeRegular && !n.IsDir():
		return false, nil // EPERM: overlayfs could not copy the file up, in a container
	case suffix == "" || strings.IndexByte(name, 0) >= 0 || len(name) > tree.NameMax:
		return false, fmt.Errorf("invalid name of %d bytes", len(name))
	case len(value) > xattrSizeMax:
		return false, fmt.Errorf("%d bytes, at most %d are possible", len(value), xattrSizeMax)
	case strings.HasPrefix(name, xattrOverlay) && len(name)+len(overlayEscape) > tree.NameMax:
		return false, nil // overlayfs cannot read it by the escaped name, or copy the file up
	case name == xattrCapability:
		return true, checkCapability(value)
	}
	return true, nil
}

// join returns old with all of added, which is sorted. It adds them at once because a header may
// have many.
func join(old, added tree.Xattrs) (tree.Xattrs, error) {
	if len(added) == 0 {
		return old, nil
	}
	all := added
	if len(old) > 0 {
		all = slices.Concat(added, old)
		byName := func(a, b tree.Xattr) int { return strings.Compare(a.Name, b.Name) }
		slices.SortStableFunc(all, byName)
		all = slices.CompactFunc(all, func(a, b tree.Xattr) bool { return a.Name == b.Name })
	}
	size := 0
	for _, x := range all {
		size += len(x.Name) + len(x.Value)
	}
	if size > xattrsSizeMax {
		return nil, fmt.Errorf("xattrs of %d bytes, at most %d are possible", size, xattrsSizeMax)
	}
	return all, nil
}

// xattrSizeMax is the longest value in bytes of an image, one less than XATTR_SIZE_MAX of Linux.
const xattrSizeMax = 1<<16 - 1

// xattrsSizeMax is the largest sum in bytes of all xattrs of a file, more than an image can hold.
// Without a limit, hard links could add xattrs to a file endlessly.
const xattrsSizeMax = 1 << 18
