//go:build linux

package inplace_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/driver/inplace"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount/mounttest"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// TestInUse has mounts use a layer by its path and by its short name, in stores whose names
// the kernel or overlayfs escapes: the layer is refused, and not after the mount has gone.
func TestInUse(t *testing.T) {
	needs.Root(t)
	dir := mounttest.Scratch(t)
	place := filepath.Join(dir, "place")
	for _, sub := range []string{"place", "other", "work"} {
		must(t, os.Mkdir(filepath.Join(dir, sub), 0o755))
	}
	other := filepath.Join(dir, "other")
	escape := strings.NewReplacer(`\`, `\\`, ":", `\:`, ",", `\,`).Replace
	for i, name := range []string{"plain", "a b", "ü", `a\b`, "a,b", "a:b", "a#b", "a\tb", "a\nb", `a\040b`} {
		root := filepath.Join(dir, name)
		stores := chain.Stores{Primary: chain.Store{Home: filepath.Join(root, "overlay")}}
		short := strings.ReplaceAll(dir, "/", "") // which no other mount has, as those of real layers
		home, diff := layer(t, stores, "0123", short)
		link := filepath.Join(dir, fmt.Sprint("link", i))
		must(t, os.Symlink(root, link))
		linked := chain.Stores{Primary: chain.Store{Home: filepath.Join(link, "overlay")}}

		for how, mount := range map[string]func(){
			"lower": func() {
				must(t, unix.Mount("overlay", place, "overlay", 0, "lowerdir="+escape(diff)+":"+escape(other)))
			},
			"short name": func() {
				t.Chdir(home)
				must(t, unix.Mount("overlay", place, "overlay", 0, "lowerdir=l/"+short+":"+escape(other)))
			},
			"bind mount": func() { must(t, unix.Mount(diff, place, "", unix.MS_BIND, "")) },
			"merged": func() {
				merged := filepath.Join(home, "0123", "merged")
				must(t, os.MkdirAll(merged, 0o755))
				must(t, unix.Mount("tmpfs", merged, "tmpfs", 0, ""))
			},
		} {
			mount()
			for _, s := range []chain.Stores{stores, linked} {
				if err := check(s); !inUse(err) {
					t.Errorf("%q in a mount as %s: %v", name, how, err)
				}
			}
			mounttest.Unmount(dir)
			if err := check(stores); err == nil || inUse(err) {
				t.Errorf("%q after a mount as %s: %v", name, how, err)
			}
		}
		leave := mounttest.Elsewhere(t, "mount --bind '"+diff+"' '"+place+"'")
		if err := check(stores); !inUse(err) {
			t.Errorf("%q in a mount of another namespace: %v", name, err)
		}
		leave()
	}
}

// TestUnreadableChain has a container mounted of which cannot be found out what lies below:
// that is an error, since the layer may be in use.
func TestUnreadableChain(t *testing.T) {
	needs.Root(t)
	dir := mounttest.Scratch(t)
	stores := chain.Stores{Primary: chain.Store{Home: filepath.Join(dir, "overlay")}}
	home, _ := layer(t, stores, "0123", "SHORT")
	layer(t, stores, "box", "BOX")
	lower, merged := filepath.Join(home, "box", "lower"), filepath.Join(home, "box", "merged")
	must(t, os.Symlink(lower, lower))
	must(t, os.Mkdir(merged, 0o755))
	must(t, unix.Mount("tmpfs", merged, "tmpfs", 0, ""))
	defer mounttest.Unmount(dir)
	if err := check(stores); !errors.Is(err, unix.ELOOP) {
		t.Error(err)
	}
}

// layer makes a plain layer.
func layer(t *testing.T, s chain.Stores, id, short string) (home, diff string) {
	t.Helper()
	home = s.Primary.Home
	diff = filepath.Join(home, id, "diff")
	must(t, os.MkdirAll(diff, 0o755))
	must(t, os.MkdirAll(filepath.Join(home, "l"), 0o755))
	must(t, os.WriteFile(filepath.Join(home, id, "link"), []byte(short), 0o600))
	must(t, os.Symlink("../"+id+"/diff", filepath.Join(home, "l", short)))
	return home, diff
}

func check(s chain.Stores) error {
	_, err := inplace.New(&s, "/nonexistent", objects.SealNever).Check("0123")
	return err
}

func inUse(err error) bool {
	var refusal *inplace.Refusal
	return errors.As(err, &refusal) && refusal.InUse
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
