//go:build linux

package e2e_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestObjectRepos pulls, loads, builds and converts layers whose files a composefs repository has: the store gets
// links to these files, and new files for all others.
func TestObjectRepos(t *testing.T) {
	t.Parallel()
	from := podman.New(t, podman.Ours)
	ref := pull(t, from, rich()...)
	r := repo{filepath.Join(from.Store.Dir, "repo")}
	export(t, from, ref, r.dir)
	r.own(t)
	archive := filepath.Join(from.Store.Dir, "archive")
	from.Run("save", "-q", "-o", archive, ref)
	context := filepath.Join(from.Store.Dir, "context")
	if err := os.Mkdir(context, 0o700); err != nil {
		t.Fatal(err)
	}
	writeFile(t, context, "big", strings.Repeat("0123456789", 30_000)) // of rich
	writeFile(t, context, "other", strings.Repeat("other", 100))
	writeFile(t, context, "Containerfile", "FROM scratch\nCOPY big other /\n")
	conf := fmt.Sprintf("object_repos = [%q]\n", r.dir)

	for name, c := range map[string]struct {
		fill     func(p *podman.Podman)
		min, new int // objects that are links, and others
	}{
		"pull":  {func(p *podman.Podman) { p.Run("pull", "-q", ref) }, 4, 0},
		"load":  {func(p *podman.Podman) { p.Run("load", "-q", "-i", archive) }, 4, 0},
		"build": {func(p *podman.Podman) { p.Run("build", "-q", "--network=none", context) }, 1, 1},
		"convert": {func(p *podman.Podman) {
			p.As(podman.Plain).Run("pull", "-q", ref)
			runTool(t, p, "convert", "--all")
		}, 4, 0},
	} {
		t.Run(name, func(t *testing.T) {
			p := podman.NewStore(t).Podman(t, podman.Ours, podman.Options{Composefs: conf})
			c.fill(p)
			if links, others := r.links(t, p.Store.Root); links < c.min || others != c.new {
				t.Errorf("%d objects are links, %d are not; want at least %d, %d", links, others, c.min, c.new)
			}
			if name != "build" {
				same(t, "image", seen(t, from, ref), seen(t, p, p.Run("images", "-q", "--no-trunc")))
			}
			checkLayers(t, p)
			if problems := statusOf(t, p).Problems; len(problems) > 0 {
				t.Errorf("problems: %q", problems)
			}
			p.Run("rmi", "-af")
			if left, _ := r.links(t, p.Store.Root); left < c.min {
				t.Errorf("the pool has %d links left to the repository", left)
			}
			r.check(t)
		})
	}

	// What the repository has dropped is garbage.
	p := podman.NewStore(t).Podman(t, podman.Ours, podman.Options{Composefs: conf})
	p.Run("pull", "-q", ref)
	if err := os.RemoveAll(r.dir); err != nil {
		t.Fatal(err)
	}
	if got := p.Run("run", "--rm", "--network=none", ref, "sh", "-c", "wc -c </home/big"); strings.TrimSpace(got) != "300000" {
		t.Errorf("without the repository: %q", got)
	}
	if problems := statusOf(t, p).Problems; len(problems) != 1 || problems[0] != "object_repos: cannot take objects from "+r.dir+": no such file or directory" {
		t.Errorf("problems: %q", problems)
	}
	p.Run("rmi", "-af")
	runTool(t, p, "gc")
	checkEmpty(t, p)
}

// own gives all objects an inode of their own, as in a repository that another program has made.
func (r repo) own(t *testing.T) {
	t.Helper()
	for _, name := range r.names(t, "objects") {
		path := filepath.Join(r.dir, name)
		content := r.read(t, name)
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// links counts the objects of a store that are links to objects of the repository, and the others. It leaves out
// those that are in images too, of which repositories have none.
func (r repo) links(t *testing.T, root string) (links, others int) {
	t.Helper()
	pool := filepath.Join(root, "overlay-composefs")
	for _, path := range glob(t, pool, "objects/*/*") {
		a, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if a.Size() <= tree.InlineMax {
			continue
		}
		b, err := os.Stat(r.dir + strings.TrimPrefix(path, pool))
		if err == nil && os.SameFile(a, b) {
			links++
		} else {
			others++
		}
	}
	return links, others
}

// statusOf returns the output of status --json.
func statusOf(t *testing.T, p *podman.Podman) (s struct {
	Problems []string
	Settings []struct{ Key, Value string }
}) {
	t.Helper()
	out, err := p.Storage(t.Context(), "status", "--json").Output()
	if err == nil {
		err = json.Unmarshal(out, &s)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}
