package policy

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// Error is a fault in a policy file.
type Error struct {
	File string
	Line int // from 1 on, 0 if it is unknown
	Err  error
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %v", e.File, e.Err)
	}
	return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err)
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// Parse parses the text of a policy file. name is its name in messages. An error is an *[Error], and
// the list is then nil.
func Parse(name string, text []byte) ([]*Entry, error) {
	var root map[string]any
	_, err := toml.Decode(string(text), &root)
	var syntax toml.ParseError
	if errors.As(err, &syntax) {
		return nil, &Error{name, max(syntax.Position.Line, 1), errors.New(syntax.Message)}
	}
	if err != nil {
		return nil, &Error{name, 0, err}
	}
	lines := lines(strings.Split(string(text), "\n"))
	for _, key := range slices.Sorted(maps.Keys(root)) {
		if key != "image" {
			return nil, &Error{name, lines.find(0, key), fmt.Errorf(`%s: unknown key, there is "[[image]]" only`, key)}
		}
	}
	tables, ok := root["image"].([]map[string]any)
	if !ok && root["image"] != nil {
		return nil, &Error{name, lines.find(0, "image"), errors.New(`image: must be written as "[[image]]"`)}
	}
	starts := lines.entries()
	if len(starts) != len(tables) {
		return nil, &Error{name, 0, errors.New(`an entry must begin with "[[image]]" on a line of its own`)}
	}
	var list []*Entry
	for i, values := range tables {
		e := &Entry{Source: fmt.Sprintf("%s:%d", name, starts[i])}
		if key, err := e.set(values); err != nil {
			return nil, &Error{name, lines.find(starts[i], key), err}
		}
		if err := e.check(); err != nil {
			return nil, &Error{name, starts[i], err}
		}
		list = append(list, e)
	}
	return list, nil
}

// set sets the fields of an entry. It returns the key at fault with an error.
func (e *Entry) set(values map[string]any) (key string, err error) {
	for _, key := range slices.Sorted(maps.Keys(values)) {
		set := setters[key]
		if set == nil {
			return key, fmt.Errorf(`%s: unknown key, there are "config", "layer", "merged", "oci" and "bootable"`, key)
		}
		value, ok := values[key].(string)
		if !ok {
			return key, fmt.Errorf("%s: must be a string, in quotes", key)
		}
		if err := set(e, value); err != nil {
			return key, fmt.Errorf("%s = %q: %w", key, value, err)
		}
	}
	return "", nil
}

// lines are the lines of a file. They find the places of values, which the TOML parser does not report.
// This works because a valid entry has no multi-line strings.
type lines []string

// entries returns the numbers of the lines that begin entries, from 1 on.
func (l lines) entries() (numbers []int) {
	for i, line := range l {
		if head, _, _ := strings.Cut(line, "#"); strings.Join(strings.Fields(head), "") == "[[image]]" {
			numbers = append(numbers, i+1)
		}
	}
	return numbers
}

// find returns the number of the first line after line number after that sets a key, or after if there
// is none.
func (l lines) find(after int, key string) int {
	for i := after; i < len(l); i++ {
		word := strings.TrimLeft(l[i], " \t[\"'")
		if rest, ok := strings.CutPrefix(word, key); ok && strings.ContainsAny(rest[:min(1, len(rest))], " \t=]\"'.") {
			return i + 1
		}
	}
	return after
}
