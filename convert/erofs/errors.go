package erofs

import (
	"errors"
	"fmt"
)

// Causes that [EntryError] wraps.
var (
	// ErrTooLarge: an external file has more than 1024 chunks, that is more
	// than 2^53 bytes. mkcomposefs fails with EFBIG.
	ErrTooLarge = errors.New("file too large for the format")

	// ErrXattrBudget: see [Options.MkcomposefsBudget]. mkcomposefs fails with ERANGE.
	ErrXattrBudget = errors.New("xattrs exceed mkcomposefs's budget")

	// ErrTree: the tree is not one, or the format cannot express it.
	ErrTree = errors.New("tree has no image")
)

// EntryError reports that a tree has no image, and names the entry.
type EntryError struct {
	Path string
	Err  error
}

// Error returns the quoted path and the reason.
func (e *EntryError) Error() string { return fmt.Sprintf("entry %q: %v", e.Path, e.Err) }

// Unwrap returns Err.
func (e *EntryError) Unwrap() error { return e.Err }
