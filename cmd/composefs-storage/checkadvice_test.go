package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// prints runs the command, which must end with that code, and returns its output.
func (c *checkedStore) prints(code int, args ...string) (out, complaints string) {
	c.t.Helper()
	var o, e bytes.Buffer
	if got := run(append([]string{"composefs-storage", "check"}, args...), streams{nil, &o, &e}); got != code {
		c.t.Fatalf("check %s: exit code %d, want %d: %s%s", args, got, code, e.String(), o.String())
	}
	return o.String(), e.String()
}

// TestCheckCommands looks for the commands that repair the findings: as few as possible, none
// that pulls an image which was built here, and none after a repair or of a sound store.
func TestCheckCommands(t *testing.T) {
	const base, app = "--from docker://quay.io/me/base:1 quay.io/me/base:1", "localhost/app:latest"
	for name, tc := range map[string]struct {
		damage []string
		want   []string
	}{
		"nothing":          {nil, nil},
		"of both images":   {[]string{checkedB}, []string{base}},
		"of the built one": {[]string{checkedC}, []string{app}},
		"several":          {[]string{checkedA, checkedB, "tiny"}, []string{base}},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCheckedStore(t)
			c.must(os.WriteFile(filepath.Join(c.root, "overlay-images/images.json"), []byte(`[
				{"id": "a0", "names": ["localhost/app:latest"], "layer": "layer1"},
				{"id": "a1", "names": ["localhost/base:1", "quay.io/me/base:1"], "layer": "layer0"}]`), 0o600))
			code := exitOK
			for _, content := range tc.damage {
				c.flip(c.pooled(content))
				code = exitDamage
			}
			for _, root := range []string{"", "--root " + c.root + " "} {
				want := ""
				for _, command := range tc.want {
					want += fmt.Sprintf("hint: \"composefs-storage check --repair %s%s\" repairs the damage; --from adds sources of good copies\n", root, command)
				}
				if _, got := c.prints(code, append(strings.Fields(root), "--all")...); got != want {
					t.Errorf("%swant\n%s", got, want)
				}
			}
			if _, got := c.prints(code, "--all", "--repair"); got != "" {
				t.Errorf("after a repair: %s", got)
			}
		})
	}
}

// TestCheckRemoved repairs without a source, which removes an object: the command prints that, and
// how to get it again. Once a source has repaired it nothing waits for it any more.
func TestCheckRemoved(t *testing.T) {
	c := newCheckedStore(t)
	c.flip(c.pooled(checkedB))
	out, _ := c.prints(exitDamage, "--repair", "app")
	for _, want := range []string{
		"\n  removed: no source has a good copy; the files do not open until one is found\n",
		"\n  to do: podman rmi and build localhost/app:latest again, with podman build --no-cache, or composefs-storage check --repair localhost/app:latest --from SOURCE, ",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%swant %q", out, want)
		}
	}
	out, _ = c.prints(exitDamage, "--all", "--repair")
	if strings.Contains(out, "removed: ") || !strings.Contains(out, "; the next layer that brings it repairs it\n") || strings.Contains(out, "waiting") {
		t.Errorf("again: %s", out)
	}
	c.check(exitOK, "--all", "--repair", "--from", c.tar(0))
	if r := c.check(exitOK, "--all"); len(r.Findings) > 0 {
		t.Errorf("after the repair: %q", toldAll(r))
	}
	if left, err := os.ReadDir(filepath.Join(c.root, "overlay-composefs/damaged")); err == nil {
		t.Errorf("noted still: %v", left)
	}
}

// TestCheckOldNote checks a sound store whose pool has a note of damage, as versions before have
// left it behind.
func TestCheckOldNote(t *testing.T) {
	c := newCheckedStore(t)
	dir := filepath.Join(c.root, "overlay-composefs/damaged")
	c.must(os.Mkdir(dir, 0o700))
	c.must(os.WriteFile(filepath.Join(dir, digest(checkedB).String()), []byte("../overlay/gone/diff/00/00\n"), 0o600))
	if r := c.check(exitOK, "--all"); len(r.Findings) > 0 {
		t.Errorf("%q", toldAll(r))
	}
}
