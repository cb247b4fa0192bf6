//go:build linux

package podman

import "testing"

// TestWithoutRoot checks that -rootless makes root's podmans a user's, and runs no test again whose podman is one anyway.
func TestWithoutRoot(t *testing.T) {
	defer func(before bool) { *everyUser = before }(*everyUser)
	for _, c := range []struct {
		flag            bool
		opts            Options
		again, rootless bool // again: another podman has the options of this one
		skipped         bool
	}{
		{flag: false, opts: Options{}},
		{flag: false, opts: Options{Rootless: true}, rootless: true},
		{flag: true, opts: Options{}, rootless: true},
		{flag: true, opts: Options{}, again: true, rootless: true},
		{flag: true, opts: Options{Rootless: true}, skipped: true},
	} {
		*everyUser = c.flag
		ran := false
		t.Run("", func(t *testing.T) {
			opts := withoutRoot(t, c.opts)
			if c.again {
				opts = withoutRoot(t, opts)
			}
			if ran = true; opts.Rootless != c.rootless {
				t.Errorf("%+v: rootless is %t", c, opts.Rootless)
			}
		})
		if ran == c.skipped {
			t.Errorf("%+v: it ran: %t", c, ran)
		}
	}
}
