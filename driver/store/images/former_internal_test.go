//go:build linux

package images

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// TestFormer merges the chains of steps. From the second step on the tree of the former one is used, unless one of its
// layers has changed or it was kept long enough. The images are those of merges of all layers.
func TestFormer(t *testing.T) {
	dir := t.TempDir()
	write := func(step int, content string) string {
		t.Helper()
		var image bytes.Buffer
		entries := layertest.Tar(layertest.Dir("etc"), layertest.File("etc/step", content), layertest.File(fmt.Sprint("etc/", step), content))
		path := filepath.Join(dir, fmt.Sprint(step))
		_, err := convert.Layer(t.Context(), bytes.NewReader(entries), new(layertest.Contents), &image, layer.Options{})
		if err == nil {
			err = errors.Join(os.WriteFile(path+".new", image.Bytes(), 0o600), os.Rename(path+".new", path))
		}
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	f := new(former)
	merge := func(paths ...string) *tree.Tree {
		t.Helper()
		in := inputsOf(t, paths)
		got, err := f.merge(t.Context(), in)
		var image, all bytes.Buffer
		if err == nil {
			_, err = convert.WriteMerged(&image, got, 0)
		}
		if err == nil {
			_, err = convert.Merge(t.Context(), in.sources, &all, convert.MergeOptions{})
		}
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(image.Bytes(), all.Bytes()) {
			t.Errorf("%d layers give another image than a merge of all", len(paths))
		}
		f.keep(in.files, got, time.Minute)
		return got
	}
	paths := []string{write(0, "zero")}
	first := merge(paths...)
	for step := range 3 {
		paths = append(paths, write(step+1, fmt.Sprint("step ", step)))
		if merge(paths...) != first {
			t.Errorf("step %d does not extend the former tree", step)
		}
	}
	if merge(paths[:2]...) == first {
		t.Error("a shorter chain has the tree of a longer one")
	}
	write(1, "changed")
	second := merge(paths...)
	if write(0, "nought"); merge(paths...) == second {
		t.Error("the tree of a layer that has changed is used")
	}
	in := inputsOf(t, paths)
	f.keep(in.files, first, time.Millisecond)
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		f.mutex.Lock()
		kept := f.tree != nil
		f.mutex.Unlock()
		if !kept {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the tree is kept for ever")
		}
	}
}

// inputsOf returns the inputs of a merge of layer images, the lowest first.
func inputsOf(t *testing.T, paths []string) *inputs {
	t.Helper()
	in := new(inputs)
	for _, path := range paths {
		f, img, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() }) //nolint:errcheck // open for reading
		info, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		in.sources, in.files = append(in.sources, convert.Source{Image: img}), append(in.files, info)
	}
	return in
}
