package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/composefs-storage/composefs-storage/config"
	"github.com/composefs-storage/composefs-storage/driver/message"
)

// The rules of output:
//   - Results go to standard output and nothing else does.
//   - Everything else goes to standard error, each line with "error: ",
//     "warning: " or "hint: " before it. An error names the thing and its fault;
//     a hint names the remedy, with a command to paste where one exists. No
//     capital at the start, no period at the end.
//   - IMAGE is a container image, FILE a file with a composefs image.
//   - Names from images may hold any byte. Control characters are printed with
//     backslash escapes.
//   - mkcomposefs alone follows the C program of that name instead.
//     mount.composefs has the exit codes of mount(8).

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1 // the command failed
	exitUsage  = 2 // the command line is wrong
	exitDamage = 3 // check has found damage
)

// streams are the standard streams of a command.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// input opens the file at path, or for "-" standard input.
func (s streams) input(path string) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(s.in), nil
	}
	return os.Open(path)
}

// withHint adds a remedy to an error.
func withHint(err error, format string, args ...any) error {
	return message.WithHint(err, format, args...)
}

// usageError is a mistake in the command line.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// reported is an exit code whose reason has been reported already.
type reported int

func (r reported) Error() string { return fmt.Sprintf("exit code %d", int(r)) }

// exitCode reports an error, of wrong configuration each value on a line, and returns the exit code it stands for.
func (s streams) exitCode(err error) int {
	if err == nil {
		return exitOK
	}
	var code reported
	if errors.As(err, &code) {
		return int(code)
	}
	list := config.Errors{err}
	errors.As(err, &list)
	for _, err := range list {
		message.Print(s.err, err)
	}
	message.PrintHint(s.err, err)
	var usage usageError
	if errors.As(err, &usage) {
		return exitUsage
	}
	return exitFailed
}

// oneLine puts joined errors on one line.
func oneLine(err error) string { return message.OneLine(err) }

// escape makes a name safe to print on a line of its own.
func escape(name string) string {
	var b strings.Builder
	for i := range len(name) {
		switch c := name[i]; {
		case c == '\\':
			b.WriteString(`\\`)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\t':
			b.WriteString(`\t`)
		case c == '\r':
			b.WriteString(`\r`)
		case c < ' ' || c == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// count returns a number with its noun, in the plural unless the number is 1.
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// printJSON writes v as indented JSON.
func (s streams) printJSON(v any) error {
	e := json.NewEncoder(s.out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
