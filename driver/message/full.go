package message

import (
	"errors"
	"fmt"
	"syscall"
)

// Full adds the store with the root and the commands that help to an error that means a full disk or an
// exceeded quota. It returns any other error, and one that already names a store, unchanged.
func Full(err error, root string) error {
	var known *full
	if err == nil || errors.As(err, &known) {
		return err
	}
	lack := ""
	switch {
	case errors.Is(err, syscall.ENOSPC):
		lack = fmt.Sprintf("the file system of store %s is full", root)
	case errors.Is(err, syscall.EDQUOT):
		lack = fmt.Sprintf("store %s has used up its quota", root)
	default:
		return err
	}
	return &full{err, fmt.Sprintf(`%v; %s: "podman system prune" or "crictl rmi --prune" frees space; see also "df" and "df -i"`, err, lack)}
}

// full is an error that names a full store.
type full struct {
	error
	text string
}

func (f *full) Error() string { return f.text }

func (f *full) Unwrap() error { return f.error }
