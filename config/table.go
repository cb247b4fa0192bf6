package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// table is a TOML table. A nil one is empty, so that tables which are not there can
// be asked for keys.
type table struct {
	file   *Text
	within []string // the table's own key, empty at the root
	values map[string]any
}

// parseTOML parses a text with the parser that upstream has, so that the same texts
// are accepted.
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

// find returns the value of a key and the key's spelling. Keys match in any case, as
// in the fields of upstream's structs (unifyStruct in decode.go of toml v1.5.0). Of
// two spellings upstream takes either, at random, so here they are an error.
func (t *table) find(key string) (value any, spelling string, err error) {
	if t == nil {
		return nil, key, nil
	}
	found := false
	for _, k := range t.keys() {
		if !strings.EqualFold(k, key) {
			continue
		}
		if found {
			return nil, "", &ValueError{Source: t.file.Name, Line: t.line(k), Key: t.name(k), Want: fmt.Sprintf("is there already, as %q", spelling)}
		}
		value, spelling, found = t.values[k], k, true
	}
	return value, spelling, nil
}

// table returns the table under a key, nil if there is none.
func (t *table) table(key string) (*table, error) {
	value, k, err := t.find(key)
	if value == nil || err != nil {
		return nil, err
	}
	values, ok := value.(map[string]any)
	if !ok {
		return nil, t.wrong(k, "must be a table")
	}
	return &table{file: t.file, within: append(slices.Clone(t.within), k), values: values}, nil
}

// text returns the string under a key, empty if there is none.
func (t *table) text(key string) (string, error) {
	value, k, err := t.find(key)
	if value == nil || err != nil {
		return "", err
	}
	s, ok := value.(string)
	if !ok {
		return "", t.wrong(k, "must be a string, in quotes")
	}
	return s, nil
}

// texts returns the list of strings under a key, nil if there is none.
func (t *table) texts(key string) ([]string, error) {
	value, k, err := t.find(key)
	if value == nil || err != nil {
		return nil, err
	}
	list, ok := value.([]any)
	if !ok {
		return nil, t.wrong(k, "must be a list of strings")
	}
	var texts []string
	for _, v := range list {
		s, ok := v.(string)
		if !ok {
			return nil, t.wrong(k, "must be a list of strings")
		}
		texts = append(texts, s)
	}
	return texts, nil
}
