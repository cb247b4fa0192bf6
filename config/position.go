package config

import (
	"bytes"
	"errors"

	"github.com/BurntSushi/toml"
)

// line returns the line of a key of the table, counted from 1, or 0 if it is unknown.
//
// The parser records the position of each key: in a table, with dots, in quotes or in an inline
// table. It reports positions in errors only, so unplaceable causes one for the key.
func (t *table) line(key string) int {
	level := map[string]toml.Primitive{}
	md, err := toml.Decode(string(t.file.Data), &level)
	for _, table := range t.within {
		value := level[table]
		if level = nil; err == nil {
			err = md.PrimitiveDecode(value, &level)
		}
	}
	value, ok := level[key]
	if err != nil || !ok {
		return 0
	}
	var found toml.ParseError
	if errors.As(md.PrimitiveDecode(value, new(unplaceable)), &found) && found.Position.Line > 0 {
		return 1 + bytes.Count(t.file.Data[:found.Position.Start], []byte("\n"))
	}
	return t.below(key)
}

// below returns the first line with a key of a table without a header of its own, such as "a" in
// [a.b]: the parser has no position for it.
func (t *table) below(key string) (first int) {
	inner := t.table(key)
	if inner == nil {
		return 0
	}
	for _, k := range inner.keys() {
		if line := inner.line(k); line > 0 && (first == 0 || line < first) {
			first = line
		}
	}
	return first
}

// unplaceable is a type that accepts no TOML value.
type unplaceable struct{}

// UnmarshalTOML implements toml.Unmarshaler.
func (*unplaceable) UnmarshalTOML(any) error { return errors.New("unplaceable") }
