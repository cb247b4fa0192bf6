package message_test

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"github.com/composefs-storage/composefs-storage/driver/message"
)

// TestRename renames files in the text, and leaves what the error is.
func TestRename(t *testing.T) {
	err := fmt.Errorf("layer x: %w", &fs.PathError{Op: "open", Path: "/proc/self/fd/5/lock", Err: fs.ErrPermission})
	got := message.Rename(err, "/proc/self/fd/5/", "/store/")
	if got.Error() != "layer x: open /store/lock: permission denied" || !errors.Is(got, fs.ErrPermission) || !errors.As(got, new(*fs.PathError)) {
		t.Errorf("%v", got)
	}
	if got := message.Rename(err, "/proc/self/fd/55/", "/store/"); got != err {
		t.Errorf("%v", got)
	}
	if got := message.Rename(nil, "a", "b"); got != nil {
		t.Errorf("%v", got)
	}
}
