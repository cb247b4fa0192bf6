//go:build linux

package pool_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/pool"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

const (
	readOnly = "system_u:object_r:container_ro_file_t:s0\x00"
	own      = "system_u:object_r:my_own_t:s0\x00"
)

// TestLabel checks that a new pool has the SELinux label of the layers' directory, and that
// an existing pool keeps its own. Files keep labels without SELinux, too.
func TestLabel(t *testing.T) {
	needs.Root(t)
	for _, c := range []struct{ name, layers, pool, want string }{
		{"new", readOnly, "", readOnly},
		{"no labels", "", "", ""},
		{"there", readOnly, own, own},
		{"there without", readOnly, "none", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, err := os.MkdirTemp(needs.Disk(t), "label")
			must(t, err)
			defer os.RemoveAll(dir) //nolint:errcheck // temporary
			s := chain.Store{Home: filepath.Join(dir, "overlay")}
			must(t, os.Mkdir(s.Home, 0o700))
			set(t, s.Home, c.layers)
			if c.pool != "" {
				must(t, os.Mkdir(s.Pool(), 0o700))
			}
			if c.pool != "none" {
				set(t, s.Pool(), c.pool)
			}
			p, err := pool.Open(s, objects.SealNever)
			must(t, err)
			must(t, p.Close())
			if got := get(t, s.Pool()); got != c.want {
				t.Errorf("the pool is labelled %q, want %q", got, c.want)
			}
			if info, err := os.Stat(s.Pool()); err != nil || info.Mode().Perm() != 0o700 {
				t.Errorf("mode of the pool: %v, %v", info.Mode(), err)
			}
		})
	}
}

func set(t *testing.T, path, label string) {
	t.Helper()
	if label != "" {
		must(t, unix.Lsetxattr(path, "security.selinux", []byte(label), 0))
	}
}

func get(t *testing.T, path string) string {
	t.Helper()
	buf := make([]byte, 1000)
	n, err := unix.Lgetxattr(path, "security.selinux", buf)
	if errors.Is(err, unix.ENODATA) {
		return ""
	}
	must(t, err)
	return string(buf[:n])
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
