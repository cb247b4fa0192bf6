package dump

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"math"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// Mode controls which dumps [Parse] accepts.
type Mode int

const (
	// Lenient accepts the same dumps as mkcomposefs 1.0.8.
	Lenient Mode = iota
	// CStrict accepts the same dumps as mkcomposefs 1.0.8 with CFS_PARSE_STRICT set.
	CStrict
	// Strict accepts only dumps that [Write] reproduces byte for byte.
	Strict
)

// Parse reads a dump to its end and returns its tree. For an invalid line it returns a
// *[SyntaxError], for an input without lines [ErrEmpty]. It returns errors of r unchanged. On error
// the tree is nil.
//
// Memory grows with the tree and with the longest line, which is not limited.
func Parse(r io.Reader, mode Mode) (*tree.Tree, error) {
	p := parser{mode: mode, sets: map[string]tree.Xattrs{}, strings: map[string]string{}}
	lines := bufio.NewReaderSize(r, 256<<10)
	var long []byte
	for {
		line, err := lines.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			long = append(long, line...)
			continue
		}
		if err != nil && err != io.EOF {
			return nil, err
		}
		if len(long) > 0 {
			line = append(long, line...)
			long = line[:0]
		}
		if len(line) == 0 {
			break
		}
		p.line++
		body, terminated := bytes.CutSuffix(line, []byte{'\n'})
		if !terminated && mode != Lenient {
			return nil, p.error(complain("Missing trailing newline"))
		}
		if err := p.parseLine(body); err != nil {
			return nil, p.error(err)
		}
	}
	if p.tree == nil {
		return nil, ErrEmpty
	}
	if err := p.resolveLinks(); err != nil {
		return nil, p.error(err)
	}
	return p.tree, nil
}

// The fields of a line. The rest of the line, after fieldCount fields, is xattrs.
const (
	fieldPath = iota
	fieldSize
	fieldMode
	fieldNlink
	fieldUID
	fieldGID
	fieldRdev
	fieldMtime
	fieldPayload
	fieldContent
	fieldDigest
	fieldCount
)

type fields [fieldCount][]byte

// splitLine cuts a line at single spaces. Missing fields are empty.
func splitLine(line []byte) (f fields, xattrs []byte) {
	for i := range f {
		f[i], line, _ = bytes.Cut(line, []byte{' '})
	}
	return f, line
}

// parser is the state of one Parse.
type parser struct {
	mode Mode
	line int // number of the current line, from 1
	tree *tree.Tree

	// The directory of the last entry: entries of one directory usually follow each other.
	parentPath string
	parent     *tree.Inode

	links    []link
	previous string // path of the line before; Strict requires walk order

	scratch []byte                 // an unescaped field
	xattrs  []tree.Xattr           // the line's xattrs while they are collected
	sets    map[string]tree.Xattrs // by their text in the dump
	strings map[string]string      // xattr names and short values, each kept once
}

// Limits of the parser's caches.
const (
	keptMax    = 1 << 16 // sets or strings
	setTextMax = 256     // bytes of a set's text
)

func (p *parser) error(err error) error {
	e := &SyntaxError{Line: p.line, Msg: err.Error()}
	if errors.Is(err, ErrLinkLoop) {
		e.Err = ErrLinkLoop
	}
	return e
}

// intern returns b as a string. Short equal values share one string.
func (p *parser) intern(b []byte) string {
	if len(b) > math.MaxUint8 {
		return string(b)
	}
	if s, ok := p.strings[string(b)]; ok {
		return s
	}
	s := string(b)
	if len(p.strings) < keptMax {
		p.strings[s] = s
	}
	return s
}
