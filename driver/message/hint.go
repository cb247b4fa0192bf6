package message

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// Hinter is an error with a remedy, such as chain.DamagedError.
type Hinter interface {
	error
	Hint() string
}

// WithHint adds a remedy to an error.
func WithHint(err error, format string, args ...any) error {
	return &hinted{err, fmt.Sprintf(format, args...)}
}

// hinted is an error with a remedy.
type hinted struct {
	error
	hint string
}

func (e *hinted) Unwrap() error { return e.error }

// Hint implements Hinter.
func (e *hinted) Hint() string { return e.hint }

// OneLine puts joined errors on one line.
func OneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }

// Print prints an error on a line.
func Print(w io.Writer, err error) { fmt.Fprintf(w, "error: %s\n", OneLine(err)) }

// PrintHint prints the remedy of an error on a line, if it has one.
func PrintHint(w io.Writer, err error) {
	var h Hinter
	if errors.As(err, &h) {
		fmt.Fprintf(w, "hint: %s\n", h.Hint())
	}
}
