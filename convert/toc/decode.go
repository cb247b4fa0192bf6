package toc

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// version is the known version of tables of contents.
const version = 1

// entryMax is the largest size of an entry in bytes. The limits of its names and xattrs are a
// fraction of that.
const entryMax = 1 << 20

var errTooLong = fmt.Errorf("more than %d bytes", entryMax)

// decoder reads a table of contents entry by entry.
type decoder struct {
	*json.Decoder
	in   *limited
	last string // name of the last entry, for errors
}

// limited is a reader that fails when the decoder reads more than entryMax bytes for one value: the
// decoder keeps them all in memory.
type limited struct {
	r          io.Reader
	read, done int64
}

func (l *limited) Read(p []byte) (n int, err error) {
	if l.read-l.done > entryMax {
		return 0, errTooLong
	}
	n, err = l.r.Read(p)
	l.read += int64(n)
	return n, err
}

func newDecoder(r io.Reader) *decoder {
	in := &limited{r: bufio.NewReaderSize(r, 64<<10)}
	return &decoder{Decoder: json.NewDecoder(in), in: in}
}

// decode calls fn for every entry except chunks. The entry is valid during the call. decode returns
// fn's first error unchanged.
func (d *decoder) decode(fn func(*entry) error) error {
	if err := d.delim('{'); err != nil {
		return err
	}
	seen := false
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return d.error(err)
		}
		switch {
		case key == "entries" && seen:
			return errors.New("two lists of entries")
		case key == "entries":
			seen = true
			err = d.list(fn)
		case key == "version":
			err = d.version()
		default:
			var ignored json.RawMessage
			err = d.error(d.next(&ignored))
		}
		if err != nil {
			return err
		}
	}
	if err := d.delim('}'); err != nil {
		return err
	}
	if !seen {
		return errors.New("no list of entries")
	}
	return d.end()
}

// end checks that nothing follows.
func (d *decoder) end() error {
	_, err := d.Token()
	var syntax *json.SyntaxError
	switch {
	case err == io.EOF: //nolint:errorlint // an error that wraps it is no end
		return nil
	case err == nil, errors.As(err, &syntax):
		return errors.New("data after its end")
	}
	return d.error(err)
}

func (d *decoder) version() error {
	var v json.Number
	if err := d.next(&v); err != nil {
		return d.error(err)
	}
	if v != json.Number(fmt.Sprint(version)) {
		return fmt.Errorf("version %s, only %d is known", v, version)
	}
	return nil
}

// list reads the list of entries. An empty list may be written as null.
func (d *decoder) list(fn func(*entry) error) error {
	switch t, err := d.Token(); {
	case err != nil:
		return d.error(err)
	case t == nil:
		return nil
	case t != json.Delim('['):
		return errors.New("the entries are not a list")
	}
	var e entry
	for d.More() {
		e = entry{}
		if err := d.next(&e); err != nil {
			return d.entryError(&e, err)
		}
		if e.Type == typeChunk {
			continue
		}
		d.last = e.Name.value
		if err := fn(&e); err != nil {
			return err
		}
	}
	return d.delim(']')
}

// next reads a value.
func (d *decoder) next(v any) error {
	err := d.Decode(v)
	d.in.done = d.InputOffset()
	return err
}

// delim reads a bracket.
func (d *decoder) delim(want json.Delim) error {
	got, err := d.Token()
	if err == nil && got != want {
		err = fmt.Errorf("%v instead of %v", got, want)
	}
	return d.error(err)
}

// entryError names the entry of an error, if its name was read.
func (d *decoder) entryError(e *entry, err error) error {
	var t *json.UnmarshalTypeError
	if errors.As(err, &t) && t.Field != "" {
		err = fmt.Errorf("%q cannot be a %s", t.Field, t.Value)
	}
	if e.Name.value == "" {
		return d.error(err)
	}
	return fmt.Errorf("entry %q: %w", e.Name.value, err)
}

// error adds the position of an error, and explains an early end.
func (d *decoder) error(err error) error {
	switch err {
	case nil:
		return nil
	case io.EOF, io.ErrUnexpectedEOF: //nolint:errorlint // one of the reader that wraps the same is left alone
		err = errors.New("it is truncated")
	}
	if d.last == "" {
		return fmt.Errorf("before the first entry: %w", err)
	}
	return fmt.Errorf("after entry %q: %w", d.last, err)
}
