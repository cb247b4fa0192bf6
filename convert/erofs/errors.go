package erofs

import (
	"errors"
	"fmt"
)

// What [EntryError] wraps when a tree has no image.
var (
	// ErrTooLarge: an external file has more than 1024 chunks, that is more
	// than 2^53 bytes. mkcomposefs says EFBIG.
	ErrTooLarge = errors.New("file too large for the format")

	// ErrXattrBudget: see [Options.MkcomposefsBudget]. mkcomposefs says ERANGE.
	ErrXattrBudget = errors.New("xattrs exceed mkcomposefs's budget")

	// ErrTree: the tree is not one, or says what the format cannot.
	ErrTree = errors.New("tree has no image")
)

// EntryError names the entry for which a tree has no image.
type EntryError struct {
	Path string
	Err  error
}

// Error returns the quoted path and the reason.
func (e *EntryError) Error() string { return fmt.Sprintf("entry %q: %v", e.Path, e.Err) }

// Unwrap returns Err.
func (e *EntryError) Unwrap() error { return e.Err }
