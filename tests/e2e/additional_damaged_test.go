//go:build linux

package e2e_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestAdditionalStoreDamaged takes parts of an additional store away, or spoils them, when
// there is a container on its image: it does not start with another tree, podman
// names the store and the next step, and all is right when the store is.
func TestAdditionalStoreDamaged(t *testing.T) {
	t.Parallel()
	there := podman.New(t, podman.Ours)
	img := image(t, rich()...)
	ref := pushImage(t, img)
	there.Run("pull", "-q", ref)
	want := seenPlain(t, img)
	root := there.Store.Root
	layers := glob(t, root, "overlay/*/composefs-data/composefs.blob")
	merged := glob(t, root, "overlay/*/composefs-data/merged.blob")
	if len(layers) != 4 || len(merged) != 1 {
		t.Fatalf("layer images %q, merged ones %q", layers, merged)
	}
	const advice = `"composefs-storage check --root ROOT --all" checks this additional image store`
	const unmounted = "the additional image store ROOT has no layers; is it mounted?"
	q := podman.NewStore(t).Podman(t, podman.Ours, podman.Options{Additional: []string{root}})
	for _, c := range []struct {
		name        string
		gone, spoil []string // files and directories
		says        string
	}{
		{"all", []string{root}, nil, "can't stat imageStore dir ROOT: "},
		{"all, its directory is empty", nil, []string{root}, unmounted},
		{"layers", []string{root + "/overlay"}, nil, unmounted},
		{"pool", []string{root + "/overlay-composefs", merged[0]}, nil, advice},
		{"objects", []string{root + "/overlay-composefs/objects"}, nil, advice},
		{"layer images, but it is merged", layers, nil, advice},
		{"a layer image", append(merged, layers[0]), nil, advice},
		{"another layer image", append(merged, layers[2]), nil, advice},
		{"layer images are spoiled", merged, layers, advice},
	} {
		t.Run(c.name, func(t *testing.T) {
			q.Run("create", "--name", "box", ref, "cat", "/hidden/new")
			restore := take(t, c.gone, c.spoil)
			_, err := q.Try("start", "-a", "box")
			restore()
			if says := strings.ReplaceAll(c.says, "ROOT", root); err == nil || strings.Count(err.Error(), says) != 1 {
				t.Errorf("podman says %v; it should say %s", err, says)
			}
			if got := q.Run("start", "-a", "box"); got != "new" {
				t.Errorf("when all is there again, the container says %q", got)
			}
			same(t, "wanted and seen", want, seenByContainer(t, q, "box"))
			q.Run("rm", "box")
		})
	}
}

// take takes files away and spoils others, so that directories are empty and files zeros,
// and returns what puts them back.
func take(t *testing.T, gone, spoil []string) (restore func()) {
	t.Helper()
	var err error
	for _, path := range gone {
		err = errors.Join(err, os.Rename(path, path+".away"))
	}
	for _, path := range spoil {
		err = errors.Join(err, os.Rename(path, path+".away"))
		if filepath.Ext(path) == ".blob" {
			err = errors.Join(err, os.WriteFile(path, make([]byte, 8192), 0o600))
		} else {
			err = errors.Join(err, os.Mkdir(path, 0o700))
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		for _, path := range append(gone, spoil...) {
			if err := errors.Join(os.RemoveAll(path), os.Rename(path+".away", path)); err != nil {
				t.Fatal(err)
			}
		}
	}
}
