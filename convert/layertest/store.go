package layertest

import (
	"context"
	"fmt"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/objects/objectstest"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Contents is a store in memory that returns the contents of files.
type Contents struct{ objectstest.Memory }

// Of returns the content of a file.
func (c *Contents) Of(n *tree.Inode) string {
	if n.Digest.IsZero() {
		return n.Content
	}
	content, _ := c.Content(n.Digest)
	return string(content)
}

// Digests returns the digests of all contents, sorted.
func (c *Contents) Digests() (digests []string) {
	_ = c.Walk(context.Background(), func(d verity.Digest, _ objects.Info) error { // it is in memory
		digests = append(digests, d.String())
		return nil
	})
	return digests
}

// List describes a tree in one line, with a word for each entry in walk order:
//
//	d/ d/f="content" l->target n==d/f p| c(1,3) w! o/*
//
// "==" is a further name, "!" a layer's whiteout, "*" an opaque directory and "?" an implied one.
// The length replaces contents of more than 20 bytes.
func (c *Contents) List(t *tree.Tree) string {
	var b strings.Builder
	targets := t.LinkTargets()
	_ = t.Walk(func(path string, e *tree.Entry) error {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strings.TrimPrefix(path, "/"))
		b.WriteString(c.describe(e, targets))
		return nil
	})
	return strings.TrimPrefix(b.String(), "/ ")
}

func (c *Contents) describe(e *tree.Entry, targets map[*tree.Inode]string) string {
	n := e.Inode
	if e.Link {
		return "==" + strings.TrimPrefix(targets[n], "/")
	}
	switch n.Type() {
	case tree.TypeDir:
		marks := "/"
		if n.Dir.Opaque {
			marks += "*"
		}
		if n.Dir.Implied {
			marks += "?"
		}
		return marks
	case tree.TypeRegular:
		if content := c.Of(n); len(content) <= 20 {
			return fmt.Sprintf("=%q", content)
		}
		return fmt.Sprintf("=%d", n.Size)
	case tree.TypeSymlink:
		return "->" + n.Payload
	case tree.TypeFifo:
		return "|"
	case tree.TypeWhiteout:
		return "!"
	}
	return fmt.Sprintf("(%d,%d)", n.Rdev>>8&0xfff, n.Rdev&0xff|n.Rdev>>12&0xfff00)
}
