package dump

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Limits of the format, in bytes (lcfs-writer.h of composefs).
const (
	targetMax  = 4095  // a symlink's target
	payloadMax = 4095  // any other payload
	contentMax = 5000  // inline content
	xattrsMax  = 65535 // the xattr part of a line, escaped

	// An inode's xattrs cost xattrsBase, plus xattrBase, name and value for each; xattrBudget
	// limits the sum.
	xattrsBase, xattrBase, xattrBudget = 12, 7, 32767
)

// parseLine adds the entry of a line to the tree. The checks are in mkcomposefs's order, so that it
// reports the same one of two mistakes.
func (p *parser) parseLine(line []byte) error {
	if i := bytes.IndexByte(line, 0); i >= 0 {
		return complain("Invalid embedded NUL character at position %d", i)
	}
	f, xattrs := splitLine(line)
	unescaped, err := appendUnescaped(p.scratch[:0], f[fieldPath])
	if err != nil {
		return err
	}
	p.scratch = unescaped
	path := cString(unescaped)
	if len(path) == 0 {
		return complain("Invalid empty path")
	}
	modeField, isLink := bytes.CutPrefix(f[fieldMode], []byte{'@'})
	mode, err := parseMode(modeField)
	if err != nil {
		return err
	}
	n := newInode(mode)
	dir, name, err := p.addEntry(path, n, isLink)
	if err != nil {
		return err
	}
	if isLink {
		if n.IsDir() {
			return complain("Directories can't be hardlinked")
		}
		if err := p.addLink(dir, name, n, f[fieldPayload]); err != nil {
			return err
		}
	} else {
		if err := p.parseInode(n, &f); err != nil {
			return err
		}
		if err := p.parseXattrs(n, xattrs); err != nil {
			return err
		}
	}
	if p.mode == Strict {
		return p.checkCanonical(line, n, isLink)
	}
	return nil
}

func newInode(mode uint32) *tree.Inode {
	n := &tree.Inode{Mode: mode}
	if n.IsDir() {
		n.Dir = new(tree.Dir)
	}
	return n
}

// parseInode fills n from the fields SIZE to DIGEST.
func (p *parser) parseInode(n *tree.Inode, f *fields) error {
	num, err := parseNumbers(f)
	if err != nil {
		return err
	}
	payload, err := p.optional(f[fieldPayload])
	if err != nil {
		return err
	}
	n.Payload = string(cString(payload))
	content, err := p.optional(f[fieldContent])
	if err != nil {
		return err
	}
	if content != nil && uint64(len(content)) != num.size {
		return complain("Invalid content size %d, must match size %d", len(content), int64(num.size))
	}
	n.Content = string(content)
	digest, err := p.optional(f[fieldDigest])
	if err != nil {
		return err
	}
	n.Size, n.Nlink, n.UID, n.GID = num.size, num.nlink, num.uid, num.gid
	n.MtimeSec, n.MtimeNsec = num.sec, num.nsec
	if t := n.Type(); t == tree.TypeChar || t == tree.TypeBlock {
		n.Rdev = uint32(num.rdev)
	} else if p.mode != Lenient && num.rdev != 0 {
		return complain("Non-zero devnum on non-device")
	}
	if err := p.checkData(n); err != nil {
		return err
	}
	if err := setDigest(n, digest); err != nil {
		return err
	}
	if n.Type() == tree.TypeRegular && tree.IsObjectPath(n.Payload, n.Digest) {
		n.Payload = tree.ByDigest
	}
	return nil
}

// checkData checks the fields that depend on the type, and clears the content of a symlink.
func (p *parser) checkData(n *tree.Inode) error {
	if n.Type() != tree.TypeSymlink {
		if len(n.Payload) > payloadMax {
			return complain("Invalid payload")
		}
		if len(n.Content) > contentMax {
			return complain("Inline content size %d exceeds maximum %d", len(n.Content), contentMax)
		}
		return nil
	}
	length := uint64(len(n.Payload))
	if length == 0 || length > targetMax {
		return complain("Invalid symlink")
	}
	if p.mode != Lenient && n.Size != length {
		return complain("Invalid symlink size %d, must match size %d", length, int64(n.Size))
	}
	if p.mode != Lenient && n.Content != "" {
		return complain("Symlink cannot have content")
	}
	n.Size, n.Content = length, ""
	return nil
}

// setDigest sets the digest from DIGEST, nil if it is not set. 128 digits are a digest by sha512, as
// in dumps of composefs-rs. Otherwise setDigest ignores bytes after the 64th, and a malformed field
// without effect.
func setDigest(n *tree.Inode, field []byte) error {
	if field == nil {
		return nil
	}
	text := cString(field)
	for _, a := range []verity.Algorithm{verity.SHA512, verity.SHA256} {
		size := hex.EncodedLen(a.Size())
		if len(text) < size || a == verity.SHA512 && len(text) != size {
			continue
		}
		if d, err := verity.ParseDigest(text[:size]); err == nil {
			n.Digest = d
			return nil
		}
	}
	if n.IsExternal() {
		return complain("Invalid digest %q, must begin with 64 hex digits", text)
	}
	return nil
}

// optional unescapes a field; nil means "not set". The result is valid until
// the next call.
func (p *parser) optional(field []byte) ([]byte, error) {
	if len(field) == 1 && field[0] == '-' {
		return nil, nil
	}
	unescaped, err := appendUnescaped(p.scratch[:0], field)
	if err != nil {
		return nil, err
	}
	p.scratch = unescaped
	if unescaped == nil {
		unescaped = []byte{}
	}
	return unescaped, nil
}

// parseXattrs reads the rest of a line, name=value pairs. Most lines of a dump end in one of a few
// texts, so it parses each of these once.
func (p *parser) parseXattrs(n *tree.Inode, rest []byte) (err error) {
	if len(rest) == 0 {
		return nil
	}
	set, ok := p.sets[string(rest)]
	if !ok {
		if set, err = p.parseSet(rest); err != nil {
			return err
		}
		if len(rest) <= setTextMax && len(p.sets) < keptMax {
			p.sets[string(rest)] = set
		}
	}
	n.Xattrs = set
	return nil
}

func (p *parser) parseSet(rest []byte) (tree.Xattrs, error) {
	if len(rest) > xattrsMax {
		return nil, complain("Too many xattrs")
	}
	set, cost := p.xattrs[:0], xattrsBase
	for len(rest) > 0 {
		var pair []byte
		pair, rest, _ = bytes.Cut(rest, []byte{' '})
		x, err := p.parseXattr(pair)
		if err != nil {
			return nil, err
		}
		i, found := slices.BinarySearchFunc(set, x, compareXattrs)
		if found {
			cost -= xattrCost(set[i])
			set[i] = x
		} else {
			set = slices.Insert(set, i, x)
		}
		if cost += xattrCost(x); cost > xattrBudget {
			return nil, complain("Can't set xattr")
		}
	}
	p.xattrs = set
	return slices.Clone(set), nil
}

func (p *parser) parseXattr(pair []byte) (x tree.Xattr, err error) {
	name, value, ok := bytes.Cut(pair, []byte{'='})
	if !ok {
		return x, complain("Missing = in xattr")
	}
	unescaped, err := appendUnescaped(p.scratch[:0], name)
	if err != nil {
		return x, err
	}
	p.scratch = unescaped
	x.Name = p.intern(cString(unescaped))
	if unescaped, err = appendUnescaped(p.scratch[:0], value); err != nil {
		return x, err
	}
	p.scratch = unescaped
	x.Value = p.intern(unescaped)
	if x.Name == "" || len(x.Name) > tree.NameMax {
		return x, complain("Can't set xattr")
	}
	return x, nil
}

func compareXattrs(a, b tree.Xattr) int { return strings.Compare(a.Name, b.Name) }

func xattrCost(x tree.Xattr) int { return xattrBase + len(x.Name) + len(x.Value) }
