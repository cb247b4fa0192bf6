//go:build linux

package e2e_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestRemoveImages removes images that share layers, one after the other: the others
// stay whole, and in the end nothing is left.
func TestRemoveImages(t *testing.T) {
	both(t, func(t *testing.T, p *podman.Podman) {
		layers := many(4)
		var refs []string
		for n := 1; n <= 4; n++ {
			refs = append(refs, podman.SharedRegistry(t).Push(t, "remove/"+strings.ToLower(p.Kind.String())+string(rune('0'+n)), image(t, layers[:n]...)))
			p.Run("pull", "-q", refs[n-1])
			p.Run("run", "--rm", refs[n-1], "cat", "/layers/last")
		}
		want := seen(t, p, refs[1])
		for _, i := range []int{3, 0, 2} {
			p.Run("rmi", refs[i])
			same(t, "before and after", want, seen(t, p, refs[1]))
			p.Run("system", "check")
		}
		p.Run("rmi", refs[1])
		checkEmpty(t, p)
	})
}

// TestRemoveUsedImage removes an image by force while a container of it runs.
func TestRemoveUsedImage(t *testing.T) {
	both(t, func(t *testing.T, p *podman.Podman) {
		ref := pull(t, p, rich()...)
		p.Run("run", "-d", "--stop-timeout=0", "--name", "box", ref, "sleep", "100")
		if _, err := p.Try("rmi", ref); err == nil || !strings.Contains(err.Error(), "in use") {
			t.Errorf("an image that is in use was removed: %v", err)
		}
		p.Run("exec", "box", "cat", "/hidden/new")
		p.Run("rmi", "-f", ref)
		checkEmpty(t, p)
	})
}

// TestPrune prunes what nothing uses.
func TestPrune(t *testing.T) {
	both(t, func(t *testing.T, p *podman.Podman) {
		ref := pull(t, p, rich()...)
		p.Run("run", "--name", "box", ref, "touch", "/x")
		p.Run("commit", "-q", "box", "committed")
		p.Run("system", "prune", "--external", "-f")
		p.Run("system", "prune", "-f")
		same(t, "pulled and what is left", seen(t, p, ref), seen(t, p, ref))
		p.Run("run", "--rm", "committed", "ls", "/x")
		p.Run("system", "prune", "-af")
		checkEmpty(t, p)
	})
}

// TestW3CheckFindsDamage damages a file of a layer, which no mount without fs-verity can
// notice: "podman system check" reports it, and
// repairs it by removing the image.
func TestW3CheckFindsDamage(t *testing.T) {
	both(t, func(t *testing.T, p *podman.Podman) {
		pull(t, p, rich()...)
		p.Run("system", "check")
		damaged := 0
		walk(t, p.Store.Root, func(path string, info os.FileInfo) {
			if info.Mode().IsRegular() && info.Size() == 300_000 && damaged == 0 {
				damaged++
				writeFile(t, filepath.Dir(path), filepath.Base(path), strings.Repeat("EVIL", 75_000))
			}
		})
		if damaged == 0 {
			t.Fatal("the file was not found")
		}
		if out, err := p.Try("system", "check"); err == nil {
			t.Errorf("the damage was not found: %s", out)
		}
		if _, err := p.Try("system", "check", "-r", "-f"); err != nil {
			t.Logf("repair: %v", err)
		}
		p.Run("system", "check")
	})
}

// TestReset resets the store: nothing stays, and it can be used again.
func TestReset(t *testing.T) {
	both(t, func(t *testing.T, p *podman.Podman) {
		ref := pull(t, p, rich()...)
		p.Run("run", "-d", "--name", "box", ref, "sleep", "100")
		p.Run("image", "mount", ref)
		if _, err := p.Try("system", "reset", "-f"); err != nil { // it warns of storage.conf
			t.Fatal(err)
		}
		checkEmpty(t, p)
		p.Run("pull", "-q", ref)
		if got := p.Run("run", "--rm", ref, "cat", "/hidden/new"); got != "new" {
			t.Errorf("/hidden/new is %q", got)
		}
	})
}

// checkEmpty checks that no layer is left, and no object and no image.
func checkEmpty(t *testing.T, p *podman.Podman) {
	t.Helper()
	if all := glob(t, p.Store.Root, "overlay/*/diff"); len(all) > 0 {
		t.Errorf("layers are left: %q", all)
	}
	pool := filepath.Join(p.Store.Root, "overlay-composefs")
	for _, pattern := range []string{"objects/*/*", "images/*", "staging/*"} {
		if left := glob(t, pool, pattern); len(left) > 0 {
			t.Errorf("%s: %d are left, such as %s", pattern, len(left), left[0])
		}
	}
}

// walk calls fn with all that is below dir.
func walk(t *testing.T, dir string, fn func(path string, info os.FileInfo)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil {
			fn(path, info)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
