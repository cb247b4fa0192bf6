package dump

import (
	"bufio"
	"io"
	"strconv"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// Write writes t in the form of composefs-info dump: a line for every entry,
// depth first, entries in name order. A further name of an inode is a line with
// "@" before the mode, the path of the real entry as PAYLOAD, and the inode's
// other fields repeated.
//
// Two things differ from composefs-info 1.0.8. Write keeps which entry is the real one, because
// that decides the inode's place in an image. A link to a directory, which composefs-info writes
// but mkcomposefs refuses, gets the mode of a file.
//
// The form has no layers. Write uses the forms of overlayfs: character devices 0:0 for whiteouts,
// and the xattr trusted.overlay.opaque for opaque directories.
func Write(w io.Writer, t *tree.Tree) error {
	targets := t.LinkTargets()
	buffered := bufio.NewWriterSize(w, 64<<10)
	var line []byte
	err := t.Walk(func(path string, e *tree.Entry) error {
		if e.Link {
			line = appendLink(line[:0], path, e.Inode, targets[e.Inode])
		} else {
			line = appendInode(line[:0], path, e.Inode)
		}
		_, err := buffered.Write(append(line, '\n'))
		return err
	})
	if err != nil {
		return err
	}
	return buffered.Flush()
}

// appendInode appends the line of a real entry, without the newline.
func appendInode(b []byte, path string, n *tree.Inode) []byte {
	b = appendNumbers(b, path, false, n)
	payload := n.Payload
	if payload == tree.ByDigest {
		payload = n.BackingPath()
	}
	b = appendOptional(b, payload)
	return appendData(b, n)
}

// appendLink appends the line of a further name of n.
func appendLink(b []byte, path string, n *tree.Inode, target string) []byte {
	b = appendNumbers(b, path, true, n)
	b = appendOptional(b, target)
	return appendData(b, n)
}

// appendNumbers appends the fields PATH to MTIME and a space.
func appendNumbers(b []byte, path string, isLink bool, n *tree.Inode) []byte {
	b = append(appendEscaped(b, path, ""), ' ')
	b = append(strconv.AppendUint(b, n.Size, 10), ' ')
	mode := uint64(n.Mode)
	if n.Type() == tree.TypeWhiteout {
		mode = uint64(tree.TypeChar | n.Mode&^tree.TypeMask)
	}
	if isLink {
		b = append(b, '@')
		if n.IsDir() { // a link line must not have this type
			mode = uint64(tree.TypeRegular | n.Mode&^tree.TypeMask)
		}
	}
	b = append(strconv.AppendUint(b, mode, 8), ' ')
	for _, v := range [...]uint32{n.Nlink, n.UID, n.GID, n.Rdev} {
		b = append(strconv.AppendUint(b, uint64(v), 10), ' ')
	}
	b = append(strconv.AppendInt(b, n.MtimeSec, 10), '.')
	return append(strconv.AppendUint(b, uint64(n.MtimeNsec), 10), ' ')
}

// appendData appends a space, the fields CONTENT and DIGEST, and the xattrs.
func appendData(b []byte, n *tree.Inode) []byte {
	b = appendOptional(append(b, ' '), n.Content)
	b = append(b, ' ')
	if n.Digest.IsZero() {
		b = append(b, '-')
	} else {
		b = n.Digest.AppendHex(b)
	}
	xattrs := n.Xattrs
	if n.Dir != nil && n.Dir.Opaque {
		xattrs = xattrs.With("trusted.overlay.opaque", "y")
	}
	for _, x := range xattrs {
		b = appendEscaped(append(b, ' '), x.Name, "=")
		b = appendEscaped(append(b, '='), x.Value, "=")
	}
	return b
}
