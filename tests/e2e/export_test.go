//go:build linux

package e2e_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/boottest"
	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/splitstream"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// exported is the output of export --json.
type exported struct {
	Name, Manifest, Merged, Canonical, Bootable string
	Linked, Reflinked, Copied, Present          int
	Contents                                    int64 `json:"contents_bytes"`
	Written                                     int64 `json:"written_bytes"`
}

// export runs the command export on an image.
func export(t *testing.T, p *podman.Podman, image, repo string, options ...string) (e exported) {
	t.Helper()
	args := slices.Concat([]string{"export", "--json", "--repo", repo}, options, []string{image})
	out, err := p.Storage(t.Context(), args...).Output()
	if err == nil {
		err = json.Unmarshal(out, &e)
	}
	if err != nil {
		var exit *exec.ExitError
		_ = errors.As(err, &exit)
		t.Fatalf("%q: %v: %s", args, err, exit.Stderr)
	}
	return e
}

// repo is a composefs repository, read by the rules of composefs-rs.
type repo struct{ dir string }

func (r repo) read(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(r.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// names returns the paths below a directory that are no directories.
func (r repo) names(t *testing.T, dir string) (list []string) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(r.dir, dir), func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			path, err = filepath.Rel(r.dir, path)
			list = append(list, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// objects returns the digests of all objects.
func (r repo) objects(t *testing.T) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	for _, name := range r.names(t, "objects") {
		all[strings.ReplaceAll(strings.TrimPrefix(name, "objects/"), "/", "")] = true
	}
	return all
}

func (r repo) object(t *testing.T, digest string) []byte {
	t.Helper()
	return r.read(t, filepath.Join("objects", digest[:2], digest[2:]))
}

// live returns the objects that the refs keep. It fails if one is missing.
func (r repo) live(t *testing.T) map[string]bool {
	t.Helper()
	live := map[string]bool{}
	for _, ref := range slices.Concat(r.names(t, "streams/refs"), r.names(t, "images/refs")) {
		path, err := filepath.EvalSymlinks(filepath.Join(r.dir, ref))
		if err != nil {
			t.Fatal(err)
		}
		r.keep(t, filepath.Base(filepath.Dir(path))+filepath.Base(path), live)
	}
	return live
}

// keep adds an image or a stream, and all that it names.
func (r repo) keep(t *testing.T, digest string, live map[string]bool) {
	t.Helper()
	if live[digest] {
		return
	}
	live[digest] = true
	content := r.object(t, digest)
	if s, err := splitstream.Open(bytes.NewReader(content), int64(len(content))); err == nil {
		for _, ref := range s.Streams {
			r.keep(t, hex.EncodeToString([]byte(ref)), live)
		}
		for _, o := range s.Objects {
			r.keepContent(t, hex.EncodeToString([]byte(o)), live)
		}
		return
	}
	img, err := erofs.Open(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatalf("object %s is neither a stream nor an image: %v", digest, err)
	}
	err = img.Walk(func(_ string, _ uint64, n *tree.Inode) error {
		if n.IsExternal() {
			r.keepContent(t, strings.ReplaceAll(n.BackingPath(), "/", ""), live)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (r repo) keepContent(t *testing.T, digest string, live map[string]bool) {
	t.Helper()
	if !live[digest] {
		r.object(t, digest)
	}
	live[digest] = true
}

// check checks that the refs keep all objects, and that the sequence of each stream has the sha256 digest in
// its name.
func (r repo) check(t *testing.T) {
	t.Helper()
	live := r.live(t)
	for digest := range r.objects(t) {
		if !live[digest] {
			t.Errorf("%s: no ref keeps object %s", r.dir, digest)
		}
	}
	for _, name := range r.names(t, "streams") {
		if strings.HasPrefix(name, "streams/refs/") {
			continue
		}
		_, want, _ := strings.Cut(name, "sha256:")
		h := sha256.New()
		if err := r.stream(t, name).Copy(h, r.openObject); err != nil || hex.EncodeToString(h.Sum(nil)) != want {
			t.Errorf("%s: sha256 %x, %v", name, h.Sum(nil), err)
		}
	}
}

func (r repo) stream(t *testing.T, name string) *splitstream.Stream {
	t.Helper()
	content := r.read(t, name)
	s, err := splitstream.Open(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return s
}

// TestExportVectors exports images of which composefs-rs has made repositories. Ours have the same names and
// objects, but for the streams themselves, whose bytes depend on the compressor.
func TestExportVectors(t *testing.T) {
	p := podman.New(t, podman.Ours)
	vectors := boottest.Unpack(t)
	for _, image := range boottest.Images(t) {
		id := p.Run("pull", "-q", "oci:"+filepath.Join(vectors, image.Name+".oci"))
		for _, algorithm := range []string{"sha256", "sha512"} {
			theirs := repo{filepath.Join(vectors, image.Name+"."+algorithm+".repo")}
			ours := repo{filepath.Join(p.Store.Dir, image.Name+"."+algorithm)}
			name := "vector/" + image.Name + ":1"
			e := export(t, p, id, ours.dir, "--bootable", "--name", name, "--algorithm", algorithm)
			if e.Canonical != image.Digests[algorithm+" oci"] || e.Bootable != image.Digests[algorithm+" bootable"] || e.Name != name {
				t.Errorf("%s %s: %+v, want %v", image.Name, algorithm, e, image.Digests)
			}
			if (algorithm == "sha256") != (e.Linked > 0 && e.Copied == 0) {
				t.Errorf("%s %s: %+v", image.Name, algorithm, e)
			}
			if again := export(t, p, id, ours.dir, "--name", name, "--algorithm", algorithm); again.Written != 0 { // the stream keeps the bootable image
				t.Errorf("%s %s, again: %+v", image.Name, algorithm, again)
			}
			ours.check(t)
			if got, want := ours.names(t, "streams"), theirs.names(t, "streams"); !slices.Equal(got, want) {
				t.Errorf("%s %s: streams %q, want %q", image.Name, algorithm, got, want)
			}
			missing, have := theirs.objects(t), ours.objects(t)
			maps.DeleteFunc(missing, func(digest string, _ bool) bool { return have[digest] })
			for _, s := range theirs.names(t, "streams") {
				path, err := filepath.EvalSymlinks(filepath.Join(theirs.dir, s))
				if err != nil {
					t.Fatal(err)
				}
				delete(missing, filepath.Base(filepath.Dir(path))+filepath.Base(path))
			}
			if len(missing) > 0 {
				t.Errorf("%s %s lacks objects %q", image.Name, algorithm, slices.Collect(maps.Keys(missing)))
			}
		}
	}
}

// TestExportNext exports an image, and then one with a layer more, which adds the new layer only.
func TestExportNext(t *testing.T) {
	p := podman.New(t, podman.Ours)
	base := podman.SharedRegistry(t).Push(t, "export/base", podman.Image{Layers: [][]byte{podman.Busybox(t)}, Compression: podman.Gzip})
	p.Run("pull", "-q", base)
	p.Run("run", "--name", "box", "--network=none", base, "sh", "-c", "seq 10000 >/numbers")
	p.Run("commit", "-q", "box", "next")
	r := repo{filepath.Join(p.Store.Dir, "repo")}
	first := export(t, p, base, r.dir)
	if again := export(t, p, base, r.dir); again.Linked+again.Reflinked+again.Copied != 0 || again.Written != 0 || again.Present != first.Linked {
		t.Errorf("again: %+v", again)
	}
	next := export(t, p, "next", r.dir)
	if next.Linked > 4 || next.Linked == 0 || next.Copied > 0 { // the file, what a container's start makes, and the merged image
		t.Errorf("the next image: %+v", next)
	}
	r.check(t)
	p.Run("rm", "box")
	p.Run("rmi", "-af")
	r.check(t) // links keep the objects
}

// TestExportKilled kills exports at many instants. Each time the repository is one that opens, whose names
// name complete objects, and the next export completes it.
func TestExportKilled(t *testing.T) {
	p := podman.New(t, podman.Ours)
	image := podman.SharedRegistry(t).Push(t, "export/killed", podman.Image{Layers: [][]byte{podman.Busybox(t)}, Compression: podman.Gzip})
	p.Run("pull", "-q", image)
	r := repo{filepath.Join(p.Store.Dir, "repo")}
	export(t, p, image, r.dir, "--algorithm=sha512")
	start := time.Now()
	export(t, p, image, filepath.Join(p.Store.Dir, "timed"), "--algorithm=sha512")
	whole := time.Since(start)
	for i := range *kills {
		if err := os.RemoveAll(r.dir); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), whole*time.Duration(i)/time.Duration(*kills))
		_ = p.Storage(ctx, "export", "--algorithm=sha512", "--repo", r.dir, image).Run() // killed
		cancel()
		for _, name := range slices.Concat(r.existing(t, "streams"), r.existing(t, "images")) {
			if _, err := os.Stat(filepath.Join(r.dir, name)); err != nil {
				t.Errorf("killed after %d of %d: %v", i, *kills, err)
			}
		}
		export(t, p, image, r.dir, "--algorithm=sha512")
		r.check(t)
	}
}

// existing is names for a directory that may be missing.
func (r repo) existing(t *testing.T, dir string) []string {
	t.Helper()
	if _, err := os.Stat(filepath.Join(r.dir, dir)); err != nil {
		return nil
	}
	return r.names(t, dir)
}

// openObject opens an object by its fs-verity digest in bytes.
func (r repo) openObject(digest string) (io.ReadCloser, error) {
	digits := hex.EncodeToString([]byte(digest))
	return os.Open(filepath.Join(r.dir, "objects", digits[:2], digits[2:]))
}

// TestLinkHeaders prints the canonical digest of an image with a hard link whose header has another owner than that
// of its file. composefs-rs ignores that, so the command warns.
func TestLinkHeaders(t *testing.T) {
	p := podman.New(t, podman.Ours)
	for owner, want := range map[int]bool{0: false, 7: true} {
		link := layertest.Link("usr/link", "usr/file").Owner(owner, 0, 0o644)
		ref := push(t, podman.Layer(layertest.Dir("usr"), layertest.File("usr/file", "content").Owner(0, 0, 0o644), link))
		p.Run("pull", "-q", ref)
		for _, form := range []string{"--oci", ""} {
			var complaints bytes.Buffer
			cmd := p.Storage(t.Context(), slices.DeleteFunc([]string{"digest", form, ref}, func(s string) bool { return s == "" })...)
			cmd.Stderr = &complaints
			if err := cmd.Run(); err != nil {
				t.Fatalf("%v: %s", err, &complaints)
			}
			const text = `: the header of hard link "usr/link" has other metadata than that of "usr/file", which composefs-rs ignores`
			if got := strings.Contains(complaints.String(), text); got != (want && form != "") {
				t.Errorf("owner %d, %q: %s", owner, form, &complaints)
			}
		}
		p.Run("rmi", ref)
	}
}

// importImage runs the command import, which finds our podman.
func importImage(t *testing.T, p *podman.Podman, repo, name string) (said string) {
	t.Helper()
	bin, err := filepath.Abs("../../bin")
	must(t, err)
	cmd := p.Storage(t.Context(), "import", "--repo", repo, name)
	cmd.Env = append(cmd.Environ(), "PATH="+bin+":"+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("import %s: %v: %s", name, err, out)
	}
	return string(out)
}

// TestImport imports images from repositories: of composefs-rs, and of an export from another store, whose objects
// get links.
func TestImport(t *testing.T) {
	p := podman.New(t, podman.Ours)
	vectors := boottest.Unpack(t)
	for _, image := range boottest.Images(t) {
		for _, algorithm := range []string{"sha256", "sha512"} {
			name := "vector/" + image.Name + ":1"
			said := importImage(t, p, filepath.Join(vectors, image.Name+"."+algorithm+".repo"), name)
			out, err := p.Storage(t.Context(), "digest", "--oci", name).Output()
			if got := strings.TrimSpace(string(out)); err != nil || got != image.Digests["sha256 oci"] {
				t.Errorf("%s %s: canonical digest %s, %v, want %s; import said %s", image.Name, algorithm, got, err, image.Digests["sha256 oci"], said)
			}
			runTool(t, p, "check", "--all")
			p.Run("rmi", name)
		}
	}
	other := podman.New(t, podman.Ours)
	ref := push(t, podman.Layer(layertest.Dir("usr"), layertest.File("usr/large", strings.Repeat("content", 1000)), layertest.File("usr/small", "x")))
	other.Run("pull", "-q", ref)
	dir := filepath.Join(other.Store.Dir, "repo")
	export(t, other, ref, dir, "--name", "docker.io/library/imported:2")
	r := repo{dir}
	links := func() (most uint64) {
		for digest := range r.objects(t) {
			var st unix.Stat_t
			must(t, unix.Stat(filepath.Join(dir, "objects", digest[:2], digest[2:]), &st))
			most = max(most, uint64(st.Nlink)) //nolint:unconvert // narrower on some architectures
		}
		return most
	}
	before := links()
	if said := importImage(t, p, dir, "docker.io/library/imported:2"); !strings.Contains(said, " 0 to copy\n") {
		t.Errorf("import said %s", said)
	}
	if links() < before+2 { // of the pool and the layer
		t.Errorf("at most %d links of an object, before %d", links(), before)
	}
	if got, want := diffIDs(p, "docker.io/library/imported:2"), diffIDs(other, ref); !slices.Equal(got, want) {
		t.Errorf("layers %q, want %q", got, want)
	}
	same(t, "exported and imported", seen(t, other, ref), seen(t, p, "docker.io/library/imported:2"))
	runTool(t, p, "check", "--all")
	if out, err := p.Storage(t.Context(), "import", "--repo", dir, "other").CombinedOutput(); err == nil || !strings.Contains(string(out), "has no image other\nhint: it has docker.io/library/imported:2") {
		t.Errorf("%v: %s", err, out)
	}
}
