package objects_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// writing returns a function that writes an image with that content, in two pieces.
func writing(content string) func(io.Writer) (verity.Digest, error) {
	return func(w io.Writer) (verity.Digest, error) {
		half := len(content) / 2
		_, err := io.WriteString(w, content[:half])
		if err == nil {
			_, err = io.WriteString(w, content[half:])
		}
		return verity.Sum([]byte(content)), err
	}
}

func addImage(t *testing.T, b *objects.Batch, content string) verity.Digest {
	t.Helper()
	d, err := b.AddImage(writing(content))
	if want := verity.Sum([]byte(content)); err != nil || d != want {
		t.Fatalf("AddImage: %s, %v, want %s", d, err, want)
	}
	return d
}

func linkImage(t *testing.T, b *objects.Batch, d verity.Digest, dst string) {
	t.Helper()
	if err := b.LinkImage(d, dst); err != nil {
		t.Fatal(err)
	}
}

// images returns the merged images of the pool, whose contents must have the digests of their
// names.
func images(t *testing.T, p *objects.Pool) map[verity.Digest]objects.Info {
	t.Helper()
	all := map[verity.Digest]objects.Info{}
	if err := p.WalkImages(t.Context(), func(d verity.Digest, info objects.Info) error {
		all[d] = info
		f, err := p.OpenImage(d)
		if err != nil {
			return err
		}
		content, err := io.ReadAll(f)
		if verity.Sum(content) != d || int64(len(content)) != info.Size {
			t.Errorf("image %s has %d bytes, want %d, or another digest", d, len(content), info.Size)
		}
		return errors.Join(err, f.Close())
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

func checkFile(t *testing.T, path, want string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s has %d bytes, %v, want %d", path, len(got), err, len(want))
	}
}

// TestImages adds images in batches of both kinds and links them over nothing, over
// themselves and over one another.
func TestImages(t *testing.T) {
	p, dir := open(t), t.TempDir()
	one, two := filepath.Join(dir, "one"), filepath.Join(dir, "two")
	var d, e verity.Digest
	layer(t, p, func(b *objects.Batch) {
		d = addImage(t, b, "image")
		linkImage(t, b, d, one)
		linkImage(t, b, d, one)
	})
	b := beginStaged(t, p)
	if again := addImage(t, b, "image"); again != d {
		t.Errorf("digests %s and %s", d, again)
	}
	e = addImage(t, b, "image of two layers")
	linkImage(t, b, d, two)
	linkImage(t, b, e, two)
	linkImage(t, b, d, two)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	checkFile(t, one, "image")
	checkFile(t, two, "image")
	got := images(t, p)
	if got[d] != (objects.Info{Size: 5, Links: 3}) {
		t.Errorf("the pool has %v", got)
	}
	checkDir(t, dir, "one", "two")
	if info, err := p.StatImage(d); err != nil || info != got[d] {
		t.Errorf("StatImage: %v, %v, want %v", info, err, got[d])
	}
	if info, err := os.Stat(one); err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if len(names(t, p)) > 0 {
		t.Errorf("images are among the objects: %v", names(t, p))
	}
}

// checkDir checks which names are in a directory.
func checkDir(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("%s has %q, want %q", dir, got, want)
	}
}

// TestImagesMissing asks for missing images, before the pool has images and after.
func TestImagesMissing(t *testing.T) {
	p := open(t)
	missing, dst := verity.Sum([]byte("missing")), filepath.Join(t.TempDir(), "dst")
	for range 2 {
		if got := images(t, p); len(got) > 0 {
			t.Errorf("the pool has %v", got)
		}
		if c, err := p.Collect(t.Context(), false); err != nil || c.Images > 1 {
			t.Errorf("Collect: %+v, %v", c, err)
		}
		b := beginStaged(t, p)
		_, openErr := p.OpenImage(missing)
		_, statErr := p.StatImage(missing)
		for what, err := range map[string]error{"OpenImage": openErr, "StatImage": statErr, "LinkImage": b.LinkImage(missing, dst)} {
			if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), missing.String()) {
				t.Errorf("%s: %v", what, err)
			}
		}
		other := addImage(t, b, "other")
		if err := b.LinkImage(other, filepath.Join(dst, "x")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("LinkImage into no directory: %v", err)
		}
		if err := b.LinkImage(other, filepath.Dir(dst)); err == nil {
			t.Error("LinkImage over a directory: no error")
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := b.AddImage(writing("late")); err == nil {
			t.Error("AddImage in a closed batch: no error")
		}
		if err := b.LinkImage(other, dst); err == nil {
			t.Error("LinkImage in a closed batch: no error")
		}
		if _, err := p.Collect(t.Context(), false); err != nil {
			t.Error(err)
		}
	}
}

// TestAddImageFails has write fail and hide its failure.
func TestAddImageFails(t *testing.T) {
	p := open(t)
	b := beginStaged(t, p)
	if _, err := b.AddImage(func(w io.Writer) (verity.Digest, error) {
		_, err := w.Write([]byte("half"))
		return verity.Sum([]byte("half")), errors.Join(err, errBroken)
	}); !errors.Is(err, errBroken) {
		t.Errorf("AddImage: %v, want %v", err, errBroken)
	}
	p.SetFault(func(step string) error {
		if step == "write" {
			p.SetFault(nil) // the next one succeeds
			return unix.ENOSPC
		}
		return nil
	})
	if _, err := b.AddImage(func(w io.Writer) (verity.Digest, error) {
		d, _ := writing("content")(w)
		_, _ = w.Write([]byte("content"))
		return d, nil
	}); !errors.Is(err, unix.ENOSPC) {
		t.Errorf("AddImage: %v, want %v", err, unix.ENOSPC)
	}
	checkDir(t, p.ImagesDir())
}

// TestImageDamaged checks that an image of the wrong size is replaced, and that one with the wrong
// content is not copied.
func TestImageDamaged(t *testing.T) {
	p := open(t)
	b := beginStaged(t, p)
	d := addImage(t, b, "content")
	path := filepath.Join(p.ImagesDir(), d.String())
	if err := os.Truncate(path, 3); err != nil {
		t.Fatal(err)
	}
	addImage(t, b, "content")
	checkFile(t, path, "content")
	if err := os.WriteFile(path, []byte("Content"), 0o600); err != nil {
		t.Fatal(err)
	}
	fullImages(p)
	if err := b.LinkImage(d, filepath.Join(t.TempDir(), "dst")); !errors.Is(err, objects.ErrDamaged) {
		t.Errorf("LinkImage: %v, want %v", err, objects.ErrDamaged)
	}
	checkDir(t, p.ImagesDir(), d.String())
}

// fullImages makes the next linked image one that can take no more links.
func fullImages(p *objects.Pool) {
	p.SetFault(func(step string) error {
		if step == "image" {
			p.SetFault(nil)
			return unix.EMLINK
		}
		return nil
	})
}

// TestImageTooManyLinks checks that an image that can take no more links gets a new inode.
func TestImageTooManyLinks(t *testing.T) {
	p, dir := open(t), t.TempDir()
	b := beginStaged(t, p)
	content := strings.Repeat("image", 100_000)
	d := addImage(t, b, content)
	for i, path := range []string{filepath.Join(dir, "0"), filepath.Join(dir, "1")} {
		if i == 1 {
			fullImages(p)
		}
		linkImage(t, b, d, path)
		checkFile(t, path, content)
	}
	if sameFile(t, filepath.Join(dir, "0"), filepath.Join(dir, "1")) || images(t, p)[d].Links != 2 {
		t.Errorf("the pool's image has %d links, want its own and the second layer's", images(t, p)[d].Links)
	}
}

// TestCollectImages checks that one Collect removes unlinked images and the remains of crashes: a
// half image, and a link on its way to a layer.
func TestCollectImages(t *testing.T) {
	p, dir := open(t), t.TempDir()
	b := beginStaged(t, p)
	kept, gone := addImage(t, b, "kept"), addImage(t, b, "no longer linked")
	root := p.ImagesDir()
	linkImage(t, b, kept, filepath.Join(dir, "kept"))
	linkImage(t, b, gone, filepath.Join(dir, "gone"))
	if _, err := p.Collect(t.Context(), false); !errors.Is(err, objects.ErrBusy) {
		t.Errorf("Collect while a batch is open: %v", err)
	}
	if err := errors.Join(
		b.Close(),
		os.Remove(filepath.Join(dir, "gone")),
		os.Link(filepath.Join(root, gone.String()), filepath.Join(root, ".tmp-1")),
		os.WriteFile(filepath.Join(root, ".tmp-2"), []byte("half"), 0o600),
		os.WriteFile(filepath.Join(root, "of a later version"), nil, 0o600),
	); err != nil {
		t.Fatal(err)
	}
	c, err := p.Collect(t.Context(), false)
	if want := (objects.Collected{Images: 1, Bytes: 16, Leftovers: 2, LeftoverBytes: 4}); err != nil || c != want {
		t.Errorf("Collect: %+v, %v, want %+v", c, err, want)
	}
	checkDir(t, root, kept.String(), "of a later version")
	checkFile(t, filepath.Join(dir, "kept"), "kept")
}

// TestFullDiskImages fills a file system with images.
func TestFullDiskImages(t *testing.T) {
	for _, options := range []string{"size=1m", "nr_inodes=20"} {
		p, err := objects.Open(filepath.Join(mountTmpfs(t, options), "pool"), objects.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = p.Close() })
		b := beginStaged(t, p)
		for i := range 40 {
			d, err := b.AddImage(writing(fmt.Sprint(i) + strings.Repeat("image", 20_000)))
			if err == nil {
				err = b.LinkImage(d, filepath.Join(b.Staged(), fmt.Sprint(i)))
			}
			if err != nil && !errors.Is(err, unix.ENOSPC) || i > 18 && err == nil {
				t.Errorf("image %d: %v", i, err)
			}
		}
		if n := len(images(t, p)); n == 0 {
			t.Error("there was no room for even one image")
		}
		checkNoTemporaries(t, p.ImagesDir())
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Collect(t.Context(), false); err != nil || len(images(t, p)) > 0 {
			t.Errorf("after Collect (%v) the pool has %v", err, images(t, p))
		}
	}
}

// keepImage adds an image, links it twice into a layer and checks it.
func keepImage(b *objects.Batch, dir string, content []byte) error {
	d, err := b.AddImage(writing(string(content)))
	if err != nil {
		return err
	}
	dst := filepath.Join(dir, "merged.blob")
	if err := errors.Join(b.LinkImage(d, dst), b.LinkImage(d, dst)); err != nil {
		return err
	}
	got, err := os.ReadFile(dst)
	if err == nil && !bytes.Equal(got, content) {
		err = errors.New("wrong image")
	}
	return err
}
