package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// table is a TOML table. A nil table is empty, so callers need not test for missing tables. Values
// of other types than check demands count as missing.
type table struct {
	file   *Text
	within []string // the table's own key, empty at the root
	values map[string]any
}

// parseTOML parses a text with upstream's parser, so that it accepts the same texts.
func parseTOML(text *Text) (*table, error) {
	t := &table{file: text}
	_, err := toml.Decode(string(text.Data), &t.values)
	var syntax toml.ParseError
	if errors.As(err, &syntax) {
		return nil, &SyntaxError{Source: text.Name, Line: max(syntax.Position.Line, 1), Msg: syntax.Message}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", text.Name, err)
	}
	return t, nil
}

// keys returns the table's keys in order.
func (t *table) keys() []string { return slices.Sorted(maps.Keys(t.values)) }

// name returns a key with its tables, for error messages.
func (t *table) name(key string) string {
	return strings.Join(append(slices.Clone(t.within), key), ".")
}

// wrong returns the error for a key's value.
func (t *table) wrong(key, want string) error {
	return &ValueError{Source: t.file.Name, Line: t.line(key), Key: t.name(key), Value: show(t.values[key]), Want: want}
}

// find returns the value of a key and the key's spelling. Keys match in any case, as the fields of
// upstream's structs do (unifyStruct in decode.go of toml v1.5.0).
func (t *table) find(key string) (value any, spelling string) {
	if t != nil {
		for _, k := range t.keys() {
			if strings.EqualFold(k, key) {
				return t.values[k], k
			}
		}
	}
	return nil, key
}

// table returns the table under a key, or nil.
func (t *table) table(key string) *table {
	value, k := t.find(key)
	values, ok := value.(map[string]any)
	if !ok {
		return nil
	}
	return &table{file: t.file, within: append(slices.Clone(t.within), k), values: values}
}

// text returns the string under a key, or "".
func (t *table) text(key string) string {
	value, _ := t.find(key)
	s, _ := value.(string)
	return s
}
