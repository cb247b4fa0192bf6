package blob

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"strconv"

	"github.com/vbatts/tar-split/tar/storage"
)

// unpacker reads a tar-split, with the entries and errors of storage.NewJSONUnpacker, without reflection and
// garbage. A line that no packer writes, and all after it, are read by encoding/json.
type unpacker struct {
	in    *bufio.Reader
	long  []byte        // a line that is longer than the buffer of in
	json  *json.Decoder // nil before such a line
	names fileNames
}

// newUnpacker returns a reader of the entries of a tar-split, which is not compressed.
func newUnpacker(r io.Reader) storage.Unpacker {
	return &unpacker{in: bufio.NewReaderSize(r, 64<<10), names: fileNames{}}
}

// Next implements storage.Unpacker.
func (u *unpacker) Next() (*storage.Entry, error) {
	e := new(storage.Entry)
	if err := u.read(e); err != nil {
		return nil, err
	}
	if err := u.names.add(e); err != nil {
		return nil, err
	}
	return e, nil
}

func (u *unpacker) read(e *storage.Entry) error {
	if u.json == nil {
		line, err := u.line()
		if err == nil && parseEntry(line, e) {
			return nil
		}
		rest := []io.Reader{bytes.NewReader(bytes.Clone(line))}
		if err == nil {
			rest = append(rest, u.in)
		} else if err != io.EOF { //nolint:errorlint // bufio does not wrap it
			rest = append(rest, failing{err})
		}
		u.json, *e = json.NewDecoder(io.MultiReader(rest...)), storage.Entry{}
	}
	return u.json.Decode(e)
}

// line returns the next line, with its end, which is valid until the next call. With an error it returns the bytes before
// that.
func (u *unpacker) line() ([]byte, error) {
	line, err := u.in.ReadSlice('\n')
	for u.long = u.long[:0]; errors.Is(err, bufio.ErrBufferFull); {
		u.long = append(u.long, line...)
		line, err = u.in.ReadSlice('\n')
	}
	if len(u.long) > 0 {
		u.long = append(u.long, line...)
		return u.long, err
	}
	return line, err
}

// failing is a reader that fails.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// parseEntry parses a line as appendEntry writes it. It reports false for any other line, which may be right nevertheless.
func parseEntry(line []byte, e *storage.Entry) bool {
	l := words{line}
	kind, ok := l.number(`{"type":`)
	e.Type = storage.Type(kind)
	if ok && l.has(`,"name":"`) {
		e.Name, ok = l.text()
	}
	if ok && l.has(`,"name_raw":`) {
		e.NameRaw, ok = l.bytes()
	}
	if ok && l.starts(`,"size":`) {
		e.Size, ok = l.number(`,"size":`)
	}
	if ok = ok && l.has(`,"payload":`); ok && !l.has("null") {
		e.Payload, ok = l.bytes()
	}
	if !ok {
		return false
	}
	position, ok := l.number(`,"position":`)
	e.Position = int(position)
	return ok && string(l.rest) == "}\n"
}

// words is the rest of a line.
type words struct{ rest []byte }

func (l *words) starts(word string) bool { return bytes.HasPrefix(l.rest, []byte(word)) }

// has reports whether a word comes next, and passes over it.
func (l *words) has(word string) bool {
	ok := l.starts(word)
	if ok {
		l.rest = l.rest[len(word):]
	}
	return ok
}

// number reads a word and the number after it, which is not negative.
func (l *words) number(word string) (int64, bool) {
	if !l.has(word) {
		return 0, false
	}
	n := 0
	for n < len(l.rest) && '0' <= l.rest[n] && l.rest[n] <= '9' {
		n++
	}
	if n > 1 && l.rest[0] == '0' {
		return 0, false
	}
	value, err := strconv.ParseInt(string(l.rest[:n]), 10, 64)
	l.rest = l.rest[n:]
	return value, err == nil
}

// text reads a string, of which the first quote has been read. It has no characters that JSON writes in two ways.
func (l *words) text() (string, bool) {
	end := bytes.IndexByte(l.rest, '"')
	if end < 0 || !isPlain(l.rest[:end]) {
		return "", false
	}
	s := string(l.rest[:end])
	l.rest = l.rest[end+1:]
	return s, true
}

// bytes reads bytes in base64.
func (l *words) bytes() ([]byte, bool) {
	if !l.has(`"`) {
		return nil, false
	}
	end := bytes.IndexByte(l.rest, '"')
	if end < 0 || bytes.ContainsAny(l.rest[:end], "\\\r\n") {
		return nil, false
	}
	b, err := base64.StdEncoding.AppendDecode([]byte{}, l.rest[:end])
	l.rest = l.rest[end+1:]
	return b, err == nil
}
