package dump

import "fmt"

// ErrEmpty is returned for an input without a single line.
var ErrEmpty = complain("No files in dump file")

// ErrLinkLoop is wrapped by a [SyntaxError] if hard links form a cycle.
var ErrLinkLoop = complain("Too many levels of symbolic links")

// SyntaxError reports an invalid line.
type SyntaxError struct {
	Line int    // from 1
	Msg  string // the message of mkcomposefs if it has one
	Err  error  // a sentinel of this package, or nil
}

// Error returns "dump line N: " and the message.
func (e *SyntaxError) Error() string { return fmt.Sprintf("dump line %d: %s", e.Line, e.Msg) }

// Unwrap returns Err.
func (e *SyntaxError) Unwrap() error { return e.Err }

// complain makes an error with the message of mkcomposefs, which users know and scripts look for;
// hence the capital letters.
func complain(format string, args ...any) error { return fmt.Errorf(format, args...) }
