package config

import (
	"cmp"
	"encoding"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ValueError reports an invalid value or key.
type ValueError struct {
	// Source is the file, STORAGE_OPTS or --storage-opt.
	Source string
	// Line is the key's line in the file, counted from 1; 0 without a file.
	Line int
	// Key is the key with its tables, as in storage.options.additionalimagestores.
	Key string
	// Value is the value in TOML, empty if the key is wrong.
	Value string
	// Want describes the allowed values, or the mistake.
	Want string
}

func (e *ValueError) Error() string {
	what := place(e.Source, e.Line) + ": " + e.Key
	if e.Value != "" {
		what += " = " + e.Value
	}
	return what + ": " + e.Want
}

// Errors are the invalid values of a configuration, in the order of files and lines.
type Errors []error

func (e Errors) Error() string {
	var list []string
	for _, err := range e {
		list = append(list, err.Error())
	}
	return strings.Join(list, "; ")
}

// Unwrap gives errors.As the single errors.
func (e Errors) Unwrap() []error { return e }

// err returns the errors in order: nil, the only one, or all.
func (e Errors) err() error {
	switch len(e) {
	case 0:
		return nil
	case 1:
		return e[0]
	}
	var sources []string
	rank := func(err error) (source, line int) {
		var value *ValueError
		var syntax *SyntaxError
		var at Origin
		switch {
		case errors.As(err, &value):
			at = Origin{value.Source, value.Line}
		case errors.As(err, &syntax):
			at = Origin{syntax.Source, syntax.Line}
		default:
			return len(e), 0
		}
		if source = slices.Index(sources, at.Source); source < 0 {
			source, sources = len(sources), append(sources, at.Source)
		}
		return source, at.Line
	}
	for _, err := range e {
		rank(err)
	}
	slices.SortStableFunc(e, func(a, b error) int {
		sourceA, lineA := rank(a)
		sourceB, lineB := rank(b)
		return cmp.Or(sourceA-sourceB, lineA-lineB)
	})
	return e
}

// with adds err, or the errors that it contains. A nil error adds nothing.
func (e Errors) with(err error) Errors {
	var list Errors
	switch {
	case err == nil:
		return e
	case errors.As(err, &list):
		return append(e, list...)
	}
	return append(e, err)
}

// place returns FILE:LINE, or only the file's name if the line is not known.
func place(source string, line int) string {
	if line == 0 {
		return source
	}
	return fmt.Sprintf("%s:%d", source, line)
}

// SyntaxError is a text that is not TOML. Line counts from 1.
type SyntaxError struct {
	Source string
	Line   int
	Msg    string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("%s:%d: %s", e.Source, e.Line, e.Msg) }

// show returns a TOML value for an error message. Tables and lists are only named:
// they can be long, and it is their type that is wrong.
func show(value any) string {
	switch v := value.(type) {
	case string:
		return fmt.Sprintf("%q", v)
	case map[string]any:
		return "{…}"
	case []any, []map[string]any:
		return "[…]"
	case encoding.TextMarshaler: // a date
		if text, err := v.MarshalText(); err == nil {
			return string(text)
		}
	}
	return fmt.Sprint(value)
}
