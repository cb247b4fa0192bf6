//go:build linux

package shared_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/kernel/shared"
)

// TestEnded acquires an image whose server has ended: it is mounted anew, and the lease has the reason.
func TestEnded(t *testing.T) {
	for _, reason := range []string{"", "twenty servers in a row"} {
		w := newWorld(t)
		var note string
		dead := shared.New(filepath.Join(w.dir, "run/shared"), func(_ *mount.Image, _, n string) (*os.File, error) {
			device, err := os.OpenFile("/dev/fuse", os.O_RDWR, 0)
			if err != nil {
				return nil, err
			}
			defer device.Close() //nolint:errcheck // as if the holder had ended
			note = n
			return mount.FUSE(device)
		})
		a, err := dead.Acquire(w.image(), w.place(t, "a"))
		must(t, err)
		want := "its processes were killed"
		if reason != "" {
			want = reason
			must(t, os.WriteFile(note, []byte(reason), 0o600))
		}
		list, err := w.mounts.List()
		must(t, err)
		if len(list) != 1 || (list[0].Ended != nil) != (reason != "") || list[0] != a.Mount && reason == "" {
			t.Errorf("List: %+v", list)
		}
		b, err := w.mounts.Acquire(w.image(), w.place(t, "b"))
		must(t, err)
		if err := b.Mount.Ended; err == nil || err.Error() != want {
			t.Errorf("the earlier mount has ended because of %v, want %s", err, want)
		}
		must(t, mount.Do(&mount.Plan{Lowers: []mount.Layer{{File: b.Root}}, Data: []string{w.sample.Objects}}, w.place(t, "b")))
		must(t, errors.Join(a.Close(), b.Close()))
		w.want(t, 2, "b") // one above the other
		if _, err := os.Stat(note); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the note is left: %v", err)
		}
		w.start(t, "c")
		w.want(t, 2, "b", "c")
		w.stop(t, "b")
		w.stop(t, "c")
		must(t, w.mounts.Release(w.place(t, "a")))
		w.want(t, 0)
	}
}
