package dump

import (
	"bytes"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// checkCanonical refuses a line that Write would write differently or elsewhere. The lines of links
// wait until their targets are known: see checkLinks.
func (p *parser) checkCanonical(line []byte, n *tree.Inode, isLink bool) error {
	path, err := canonicalPath(line)
	if err != nil {
		return err
	}
	if p.previous != "" && walkOrder(p.previous, path) >= 0 {
		return complain("entry out of order: %q after %q", path, p.previous)
	}
	p.previous = path
	if isLink {
		l := &p.links[len(p.links)-1]
		l.path, l.text = path, bytes.Clone(line)
		return nil
	}
	return compareLine(line, appendInode(nil, path, n))
}

// checkLinks refuses links that Write would write differently.
func (p *parser) checkLinks() error {
	if p.mode != Strict || len(p.links) == 0 {
		return nil
	}
	targets := p.tree.LinkTargets()
	for i := range p.links {
		l := &p.links[i]
		p.line = l.line
		e, _ := l.dir.Lookup(l.name)
		want := appendLink(nil, l.path, e.Inode, targets[e.Inode])
		if err := compareLine(l.text, want); err != nil {
			return err
		}
	}
	return nil
}

// canonicalPath returns the path of a line's entry in the form of Write.
func canonicalPath(line []byte) (string, error) {
	f, _ := splitLine(line)
	unescaped, err := appendUnescaped(nil, f[fieldPath])
	if err != nil {
		return "", err
	}
	var path strings.Builder
	for name := range bytes.SplitSeq(cString(unescaped), []byte{'/'}) {
		if len(name) > 0 {
			path.WriteByte('/')
			path.Write(name)
		}
	}
	if path.Len() == 0 {
		return "/", nil
	}
	return path.String(), nil
}

func compareLine(got, want []byte) error {
	if bytes.Equal(got, want) {
		return nil
	}
	return complain("not in canonical form, which is: %s", want)
}

// walkOrder compares paths in the order of Write: a directory comes before its entries, and these
// before its next sibling.
func walkOrder(a, b string) int {
	if a == "/" {
		a = ""
	}
	if b == "/" {
		b = ""
	}
	// A slash sorts before every byte of a name.
	return strings.Compare(strings.ReplaceAll(a, "/", "\x00"), strings.ReplaceAll(b, "/", "\x00"))
}
