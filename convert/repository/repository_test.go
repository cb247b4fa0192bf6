//go:build linux

package repository_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/composefs-storage/composefs-storage/convert/boottest"
	"github.com/composefs-storage/composefs-storage/convert/repository"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// open opens a repository until the test ends.
func open(t *testing.T, dir string, a verity.Algorithm) *repository.Repository {
	t.Helper()
	r, err := repository.Open(dir, a)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil && !errors.Is(err, fs.ErrClosed) {
			t.Error(err)
		}
	})
	return r
}

// source writes a file with a content and returns it as an object.
func source(t *testing.T, dir, content string) repository.Object {
	t.Helper()
	path := filepath.Join(dir, "source")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return repository.Object{Digest: verity.Sum([]byte(content)).String(), Size: int64(len(content)), Files: []string{path + ".missing", path}}
}

func object(dir, digest string) string { return filepath.Join(dir, "objects", digest[:2], digest[2:]) }

// TestMeta makes repositories, whose meta.json means the same as that of composefs-rs, and opens those of
// composefs-rs.
func TestMeta(t *testing.T) {
	vectors := boottest.Unpack(t)
	for _, a := range []verity.Algorithm{verity.SHA256, verity.SHA512} {
		theirs := filepath.Join(vectors, "plain."+a.String()+".repo")
		ours := filepath.Join(t.TempDir(), "new", "repo")
		open(t, ours, a)
		var want, got any
		for dir, v := range map[string]*any{theirs: &want, ours: &got} {
			text, err := os.ReadFile(filepath.Join(dir, "meta.json"))
			if err == nil {
				err = json.Unmarshal(text, v)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: meta.json has %v, want %v", a, got, want)
		}
		open(t, ours, a)
		open(t, theirs, a)
	}
}

// TestRefuses opens directories to which nothing may be added.
func TestRefuses(t *testing.T) {
	const good = `{"version": 1, "algorithm": "fsverity-sha256-12", "features": {"read-only-compatible": ["v1_erofs"]}, "erofs_formats": {"default": 1}}`
	for want, meta := range map[string]string{
		"it has files, and no meta.json": "",
		"meta.json: ":                    "{",
		"it has version 2":               strings.Replace(good, `: 1, "alg`, `: 2, "alg`, 1),
		"its algorithm is fsverity-sha512-12, not fsverity-sha256-12": strings.Replace(good, "sha256", "sha512", 1),
		`it has unknown features, ["x"]`:                              strings.Replace(good, `{"read`, `{"incompatible": ["x"], "read`, 1),
		`it has features, ["x"], without which`:                       strings.Replace(good, `"v1_erofs"`, `"v1_erofs", "x"`, 1),
		"its images have format V2":                                   strings.Replace(good, `"v1_erofs"`, "", 1),
		"have format V2":                                              strings.Replace(good, `"default": 1`, `"default": 2`, 1),
		"none":                                                        good,
	} {
		dir := t.TempDir()
		name := "meta.json"
		if meta == "" {
			name = "other"
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(meta), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := repository.Open(dir, verity.SHA256)
		if want == "none" {
			if err != nil {
				t.Error(err)
				continue
			}
			_ = r.Close()
			continue
		}
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), dir) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestHalfMade opens a directory in which a process was killed before it wrote meta.json.
func TestHalfMade(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ".new-123"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	open(t, dir, verity.SHA256)
}

// TestMethods adds an object in each way: a link on the same file system, a copy from another one.
func TestMethods(t *testing.T) {
	base := t.TempDir()
	shm, err := os.MkdirTemp("/dev/shm", "repository-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(shm) })
	all := []repository.Method{repository.Link, repository.Reflink, repository.Copy}
	for name, test := range map[string]struct {
		from    string
		methods []repository.Method
		want    repository.Method
	}{
		"link":              {base, all, repository.Link},
		"copy":              {base, all[2:], repository.Copy},
		"other file system": {shm, all, repository.Copy},
	} {
		dir := filepath.Join(base, name)
		r := open(t, dir, verity.SHA256)
		o := source(t, test.from, "content of "+name)
		got, err := r.AddObject(o, test.methods...)
		if err != nil || got != test.want {
			t.Fatalf("%s: %d, %v", name, got, err)
		}
		if got, err := r.AddObject(o, test.methods...); got != repository.Present || err != nil {
			t.Errorf("%s, again: %d, %v", name, got, err)
		}
		_, err = os.Stat(object(dir, o.Digest))
		if linked := test.want == repository.Link; linked != (err == nil) {
			t.Errorf("%s, before Commit: %v", name, err)
		}
		if _, err := r.Commit(); err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(object(dir, o.Digest))
		if err != nil || string(content) != "content of "+name {
			t.Errorf("%s: %q, %v", name, content, err)
		}
	}
	r := open(t, filepath.Join(base, "only link"), verity.SHA256)
	if _, err := r.AddObject(source(t, shm, "x"), repository.Link); err == nil || !strings.Contains(err.Error(), "cross-device") {
		t.Errorf("link to another file system: %v", err)
	}
}

// TestDamagedSource copies a file with another content than that of its digest.
func TestDamagedSource(t *testing.T) {
	dir := t.TempDir()
	o := source(t, dir, "right")
	if err := os.WriteFile(o.Files[1], []byte("wrong"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := open(t, filepath.Join(dir, "repo"), verity.SHA256)
	if _, err := r.AddObject(o, repository.Copy); err == nil || !strings.Contains(err.Error(), "is damaged") {
		t.Error(err)
	}
	if _, err := r.Commit(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(object(filepath.Join(dir, "repo"), o.Digest)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the object is there: %v", err)
	}
}

// TestNames adds images, streams and a tag: names of composefs-rs, which exist after Commit only.
func TestNames(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "repo")
	r := open(t, dir, verity.SHA512)
	o, added, err := r.Add(func(w io.Writer) error { _, err := io.WriteString(w, "an image"); return err })
	if err != nil || !added || len(o.Digest) != 128 {
		t.Fatalf("%+v, %t, %v", o, added, err)
	}
	r.AddImage(o.Digest, "docker.io/a/b:1")
	r.AddStream("oci-manifest-sha256:1", o.Digest)
	r.Tag("docker.io/a/b:1", "oci-manifest-sha256:1")
	names := []string{"images/" + o.Digest, "images/refs/docker.io%2Fa%2Fb:1", "streams/oci-manifest-sha256:1", "streams/refs/oci/docker.io%2Fa%2Fb:1"}
	for _, name := range names {
		if _, err := os.Lstat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s before Commit: %v", name, err)
		}
	}
	if _, err := r.Commit(); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if content, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(content) != "an image" {
			t.Errorf("%s: %q, %v", name, content, err)
		}
	}
	h := verity.NewHash(verity.SHA512)
	_, _ = io.WriteString(h, "an image")
	if got := hex.EncodeToString(h.Sum(nil)); got != o.Digest {
		t.Errorf("digest %s, want %s", o.Digest, got)
	}
}

// TestLeftovers opens a repository with the files of a killed process, and with those of a living one.
func TestLeftovers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "repo")
	living := open(t, dir, verity.SHA256)
	if _, _, err := living.Add(func(w io.Writer) error { _, err := io.WriteString(w, "x"); return err }); err != nil {
		t.Fatal(err)
	}
	killed := filepath.Join(dir, ".staging-killed")
	if err := os.WriteFile(filepath.Join(dir, "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(killed, 0o700); err != nil {
		t.Fatal(err)
	}
	open(t, dir, verity.SHA256)
	if _, err := os.Stat(killed); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("files of a killed process: %v", err)
	}
	if _, err := living.Commit(); err != nil {
		t.Error(err)
	}
	if content, err := os.ReadFile(object(dir, verity.Sum([]byte("x")).String())); err != nil || string(content) != "x" {
		t.Errorf("object of the living process: %q, %v", content, err)
	}
}

// TestReplaced replaces an object of another size, as a power cut leaves it in a repository of another
// program.
func TestReplaced(t *testing.T) {
	base := t.TempDir()
	dir := filepath.Join(base, "repo")
	r := open(t, dir, verity.SHA256)
	o := source(t, base, "content")
	if err := os.WriteFile(object(dir, o.Digest), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if m, err := r.AddObject(o, repository.Link); m != repository.Link || err != nil {
		t.Errorf("%d, %v", m, err)
	}
}

// TestConcurrent adds the same contents in all ways at the same time. Each is one object afterwards.
func TestConcurrent(t *testing.T) {
	base := t.TempDir()
	dir := filepath.Join(base, "repo")
	r := open(t, dir, verity.SHA256)
	o := source(t, base, "content")
	var group errgroup.Group
	for i := range 64 {
		own := fmt.Sprintf("content %d", i/4)
		group.Go(func() error {
			methods := []repository.Method{repository.Reflink, repository.Copy, repository.Link}
			_, err := r.AddObject(o, methods[i%3:]...)
			return err
		})
		group.Go(func() error {
			_, _, err := r.Add(func(w io.Writer) error { _, err := io.WriteString(w, own); return err })
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Commit(); err != nil {
		t.Fatal(err)
	}
	found, err := filepath.Glob(filepath.Join(dir, "objects/??/*"))
	if err != nil || len(found) != 17 {
		t.Errorf("%d objects, %v", len(found), err)
	}
	for _, path := range found {
		content, err := os.ReadFile(path)
		if err != nil || object(dir, verity.Sum(content).String()) != path {
			t.Errorf("%s: %q, %v", path, content, err)
		}
	}
}
