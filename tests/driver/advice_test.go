//go:build linux

package driver_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	graphdriver "github.com/containers/storage/drivers"

	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// TestAdvice damages a store below the root of an additional image store. The error names the store and
// the layer at fault, and the next step once. Other errors have no next step.
func TestAdvice(t *testing.T) {
	const advice = `"composefs-storage check --all" lists the damage, and --repair repairs it`
	for _, c := range []struct {
		name, id, layer string
		damage          func(s *store) error
	}{
		{"a layer image is missing", "top", "base", func(s *store) error { return os.Remove(filepath.Join(s.home(), "base/composefs-data/composefs.blob")) }},
		{"a layer image is none", "top", "top", func(s *store) error {
			return os.Truncate(filepath.Join(s.home(), "top/composefs-data/composefs.blob"), 100)
		}},
		{"objects are missing of what is merged", "top", "", func(s *store) error { return os.RemoveAll(filepath.Join(s.pool(), "objects")) }},
		{"files of a plain layer are missing", "box", "box", func(s *store) error { return os.RemoveAll(filepath.Join(s.home(), "box/diff")) }},
		{"no damage", "box", "none", func(s *store) error {
			mark := filepath.Join(s.home(), "box/composefs-metacopy")
			return os.Symlink("nowhere/mark", mark)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dirs := newDirs(t)
			must(t, os.Mkdir(dirs.path("overlay"), 0o700))
			s := dirs.open(t, kind{options: []string{"overlay.imagestore=" + string(dirs)}})
			s.layer(t, "base", "", small)
			s.layer(t, "top", "base", small)
			must(t, s.CreateReadWrite("box", "top", nil))
			if strings.Contains(c.name, "merged") {
				s.read(t, "top", "ro")
			}
			must(t, c.damage(s))
			var options []string
			if c.id == "top" {
				options = []string{"ro"}
			}
			_, err := s.Get(c.id, graphdriver.MountOpts{Options: options})
			if err == nil {
				s.put(t, c.id)
				if c.layer != "none" {
					t.Fatal("it is mounted")
				}
				return
			}
			var damaged *chain.DamagedError
			switch is := errors.As(err, &damaged); {
			case c.layer == "none":
				if is || strings.Contains(err.Error(), "composefs-storage check") {
					t.Errorf("advice: %v", err)
				}
			case strings.Count(err.Error(), advice) != 1 || strings.Contains(err.Error(), "additional"):
				t.Errorf("no advice: %v", err)
			case is && (damaged.Layer != c.layer || damaged.Store.Home != s.home()):
				t.Errorf("the fault of %+v: %v", damaged, err)
			}
		})
	}
}
