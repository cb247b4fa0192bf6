package message_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"

	"github.com/composefs-storage/composefs-storage/driver/message"
)

// TestRename renames files in the text and keeps the wrapped error.
func TestRename(t *testing.T) {
	err := fmt.Errorf("layer x: %w", &fs.PathError{Op: "open", Path: "/proc/self/fd/5/lock", Err: fs.ErrPermission})
	got := message.Rename(err, "/proc/self/fd/5/", "/store/")
	if got.Error() != "layer x: open /store/lock: permission denied" || !errors.Is(got, fs.ErrPermission) || !errors.As(got, new(*fs.PathError)) {
		t.Errorf("%v", got)
	}
	if got := message.Rename(err, "/proc/self/fd/55/", "/store/"); got != err { //nolint:errorlint // the same error
		t.Errorf("%v", got)
	}
	if got := message.Rename(nil, "a", "b"); got != nil {
		t.Errorf("%v", got)
	}
}

func TestRepair(t *testing.T) {
	for _, tc := range []struct{ root, name, want string }{
		{"", "", "composefs-storage check --repair --all"},
		{"", "quay.io/me/app:1", "composefs-storage check --repair --from docker://quay.io/me/app:1 quay.io/me/app:1"},
		{"", "localhost/app:1", "composefs-storage check --repair localhost/app:1"},
		{"/my store's", "localhost/app:1", `composefs-storage check --repair --root '/my store'\''s' localhost/app:1`},
	} {
		if got := message.Repair(tc.root, tc.name); got != tc.want {
			t.Errorf("%q, %q: %s, want %s", tc.root, tc.name, got, tc.want)
		}
	}
}

// TestFull names the store once, whoever asks again, and leaves other errors alone.
func TestFull(t *testing.T) {
	for _, tc := range []struct {
		err  error
		want string
	}{
		{syscall.ENOSPC, "layer x: no space left on device; the file system of store /store is full: "},
		{syscall.EDQUOT, "layer x: disk quota exceeded; store /store has used up its quota: "},
	} {
		got := message.Full(fmt.Errorf("layer x: %w", tc.err), "/store")
		if !strings.HasPrefix(got.Error(), tc.want) || !errors.Is(got, tc.err) {
			t.Errorf("%v, want %s…", got, tc.want)
		}
		if again := fmt.Errorf("pull: %w", got); message.Full(again, "/other") != again { //nolint:errorlint // the same error
			t.Errorf("%v is named again", again)
		}
	}
	if got := message.Full(fs.ErrPermission, "/store"); got != fs.ErrPermission { //nolint:errorlint // the same error
		t.Errorf("%v", got)
	}
	if got := message.Full(nil, "/store"); got != nil {
		t.Errorf("%v", got)
	}
}
