package messages_test

import (
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/messages"
)

// TestInternal finds paths of the driver in messages, and leaves those of other programs alone.
func TestInternal(t *testing.T) {
	for message, want := range map[string]string{
		"open /proc/self/fd/12/overlay-composefs/lock: is a directory":           "/proc/self/fd/12/overlay-composefs/lock:",
		"layer x: /proc/4711/fd/3: no such file":                                 "/proc/4711/fd/3:",
		"enable fs-verity /store/composefs-probe-123/file: not supported":        "/store/composefs-probe-123/file:",
		"mount /a/merge:/v (via /proc/self/fd/10), data: lowerdir=/a":            "",
		"mount /a (via /proc/self/fd/10): open /proc/self/fd/12/x: input/output": "/proc/self/fd/12/x:",
		"open /store/overlay-composefs/lock: is a directory":                     "",
	} {
		if got := messages.Internal(message); got != want {
			t.Errorf("%q: %q, want %q", message, got, want)
		}
	}
}
