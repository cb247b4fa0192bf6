//go:build linux

package driver_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/repository"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/tests/differ"
	"github.com/composefs-storage/composefs-storage/tests/mounted"
)

// newRepo makes a composefs repository.
func newRepo(t testing.TB, dir string, a verity.Algorithm, contents ...string) {
	t.Helper()
	r, err := repository.Open(dir, a)
	must(t, err)
	for _, content := range contents {
		_, _, err := r.Add(func(w io.Writer) error {
			_, err := io.WriteString(w, content)
			return err
		})
		must(t, err)
	}
	_, err = r.Commit()
	must(t, errors.Join(err, r.Close()))
}

// objectOf returns the path of the object of a content.
func objectOf(dir, content string) string {
	return filepath.Join(dir, "objects", objects.Path(verity.Sum([]byte(content))))
}

// TestObjectRepos makes layers whose files a composefs repository has. The pool gets links to the right
// files of the repository, and new files for all others.
func TestObjectRepos(t *testing.T) {
	short, long, other := strings.Repeat("short ", 100), strings.Repeat("long", 1<<17), strings.Repeat("other ", 100)
	tar := layertest.Tar(layertest.File("short", short), layertest.File("long", long), layertest.File("other", other))
	change := func(t *testing.T, path string, fn func(content []byte) []byte) {
		content, err := os.ReadFile(path)
		must(t, errors.Join(err, os.WriteFile(path, fn(content), 0o644)))
	}
	for name, c := range map[string]struct {
		prepare func(t *testing.T, repo, other string) // other is another directory, which is empty
		taken   string                                 // names of files that are links
		named   string                                 // in object_repos, "" for repo
		warning string                                 // DIR is what object_repos names
	}{
		"repository":    {taken: "short long"},
		"another mount": {func(t *testing.T, repo, other string) { mounted.Bind(t, repo, other) }, "short long", "other", ""},
		"read-only mount": {func(t *testing.T, repo, other string) {
			mounted.Bind(t, repo, other)
			must(t, unix.Mount("", other, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, ""))
		}, "short long", "other", ""},
		"missing":       {func(t *testing.T, repo, _ string) { must(t, os.RemoveAll(repo)) }, "", "", "cannot take objects from DIR: no such file or directory"},
		"no repository": {nil, "", "other", "cannot take objects from DIR: it is neither a composefs repository nor a store with composefs layers"},
		"sha512": {func(t *testing.T, repo, _ string) {
			must(t, os.RemoveAll(repo))
			newRepo(t, repo, verity.SHA512, short, long)
		}, "", "", "cannot take objects from DIR: its algorithm is fsverity-sha512-12, not fsverity-sha256-12"},
		"says sha512": {func(t *testing.T, repo, _ string) {
			change(t, filepath.Join(repo, "meta.json"), func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("sha256"), []byte("sha512")) })
		}, "", "", "cannot take objects from DIR: its algorithm is fsverity-sha512-12, not fsverity-sha256-12"},
		"unknown feature": {func(t *testing.T, repo, _ string) {
			change(t, filepath.Join(repo, "meta.json"), func(b []byte) []byte {
				return bytes.ReplaceAll(b, []byte(`"incompatible": []`), []byte(`"incompatible": ["x"]`))
			})
		}, "", "", `cannot take objects from DIR: it has version 1 and features ["x"], and only version 1 without features is known`},
		"another file system": {func(t *testing.T, _, other string) {
			mounted.Tmpfs(t, other, "")
			newRepo(t, other, verity.SHA256, short, long)
		}, "", "other", "cannot take objects from DIR: it is on another file system than ROOT"},
		"damaged": {func(t *testing.T, repo, _ string) {
			change(t, objectOf(repo, short), func(b []byte) []byte { return append([]byte("S"), b[1:]...) })
		}, "long", "", "cannot take object " + objectOf("DIR", short) + ": damaged object: its content has fs-verity digest " + verity.Sum([]byte("S"+short[1:])).String()},
		"long one is damaged": {func(t *testing.T, repo, _ string) {
			change(t, objectOf(repo, long), func(b []byte) []byte { return append(b[:len(b)-1], 'G') })
		}, "short", "", "cannot take object " + objectOf("DIR", long) + ": damaged object: its content has fs-verity digest " + verity.Sum([]byte(long[:len(long)-1]+"G")).String()},
		"other size": {func(t *testing.T, repo, _ string) {
			must(t, os.Truncate(objectOf(repo, short), 5))
		}, "long", "", fmt.Sprintf("cannot take object %s: 5 bytes, want %d", objectOf("DIR", short), len(short))},
		"others may write": {func(t *testing.T, repo, _ string) {
			must(t, os.Chmod(objectOf(repo, short), 0o646))
		}, "long", "", ""},
		"another owner": {func(t *testing.T, repo, _ string) {
			must(t, os.Chown(objectOf(repo, short), 1, 0))
		}, "long", "", ""},
		"fifo": {func(t *testing.T, repo, _ string) {
			must(t, errors.Join(os.Remove(objectOf(repo, short)), unix.Mkfifo(objectOf(repo, short), 0o644)))
		}, "long", "", ""},
		"symlink": {func(t *testing.T, repo, _ string) {
			must(t, errors.Join(os.Rename(objectOf(repo, short), repo+"/short"), os.Symlink(repo+"/short", objectOf(repo, short))))
		}, "long", "", ""},
		"many links": {func(t *testing.T, repo, _ string) {
			must(t, os.Mkdir(repo+"/links", 0o700))
			for i := range 32_000 {
				must(t, os.Link(objectOf(repo, short), fmt.Sprintf("%s/links/%d", repo, i)))
			}
		}, "long", "", ""},
	} {
		for _, w := range append([]way{{name: "load"}}, ways...) {
			if w.name != "load" && w.name != "gzip" && c.taken != "short long" && name != "damaged" {
				continue // the others are as good
			}
			t.Run(name+"/"+w.name, func(t *testing.T) {
				p := newPair(t)
				repo, elsewhere := p.ours.path("repo"), p.ours.path("other")
				newRepo(t, repo, verity.SHA256, short, long)
				must(t, os.Mkdir(elsewhere, 0o700))
				if c.prepare != nil {
					c.prepare(t, repo, elsewhere)
				}
				dir := repo
				if c.named != "" {
					dir = elsewhere
				}
				log := logged(t)
				s := p.ours.open(t, kind{composefs: fmt.Sprintf("object_repos = [%q]\n", dir)})
				p = pair{ours: s, theirs: p.theirs}
				for _, id := range []string{"first", "second"} { // the second has nothing to take
					if w.name == "load" {
						s.layer(t, id, "", tar)
					} else {
						must(t, p.pull(t, id, "", w, differ.NewMachine(s.path("run")), tar))
					}
				}
				for file, content := range map[string]string{"short": short, "long": long, "other": other} {
					taken := strings.Contains(" "+c.taken+" ", " "+file+" ")
					checkTaken(t, file, objectOf(s.pool(), content), objectOf(repo, content), content, taken)
				}
				want := strings.ReplaceAll(strings.ReplaceAll(c.warning, "DIR", dir), "ROOT", s.root())
				if want != "" {
					want = "composefs: object_repos in composefs.conf: " + want
				}
				if got := strings.Join(*log, "\n"); got != want {
					t.Errorf("warnings:\n%s\nwant:\n%s", got, want)
				}
				s.read(t, "first", "ro")
				s.remove(t, "first", "second")
			})
		}
	}
}

// checkTaken checks an object of the pool: its content, and whether it is a link to the object of a repository.
func checkTaken(t *testing.T, file, object, source, content string, taken bool) {
	t.Helper()
	got, err := os.ReadFile(object)
	must(t, err)
	if string(got) != content {
		t.Errorf("%s: the object has another content", file)
	}
	a, err := os.Stat(object)
	must(t, err)
	b, err := os.Stat(source)
	if same := err == nil && os.SameFile(a, b); same != taken {
		t.Errorf("%s: the object is that of the repository: %v, want %v", file, same, taken)
	}
}

// TestObjectRepoOfStore makes a layer whose files another store has. object_repos names both stores.
func TestObjectRepoOfStore(t *testing.T) {
	content := strings.Repeat("content ", 100)
	tar := layertest.Tar(layertest.File("file", content))
	theirs, ours := newDirs(t), newDirs(t)
	theirs.open(t, kind{}).layer(t, "layer", "", tar)
	log := logged(t)
	s := ours.open(t, kind{composefs: fmt.Sprintf("object_repos = [%q, %q]\n", ours.root(), theirs.root())})
	s.layer(t, "layer", "", tar)
	checkTaken(t, "file", objectOf(s.pool(), content), objectOf(theirs.pool(), content), content, true)
	if len(*log) > 0 {
		t.Errorf("warnings: %q", *log)
	}
}
