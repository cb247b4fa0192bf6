//go:build linux

package cross_test

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// program is a composefs-storage, after the emulator that runs it, if any. Paths are absolute.
type program []string

// native returns the program for this machine.
func native(t *testing.T) program {
	t.Helper()
	path, err := filepath.Abs("../../bin/composefs-storage")
	if err != nil {
		t.Fatal(err)
	}
	needs.Built(t, path, "make build")
	return program{path}
}

// results has the type, mode and content of each file that a program has made, by path, and the
// output and exit code of each command, by command line.
type results map[string]string

// convert converts the layers of an image, merges them, and reads the merged image. It ends with
// the first layer that is refused.
func (p program) convert(t *testing.T, layers [][]byte) results {
	t.Helper()
	dir, found := t.TempDir(), results{}
	var images []string
	for i, layer := range layers {
		image := fmt.Sprintf("layer%d", i)
		if !p.run(t, dir, found, layer, "convert-layer", "-", "--pool", "pool", "--image", image) {
			found.add(t, dir)
			return found
		}
		images = append(images, image)
	}
	p.run(t, dir, found, nil, append([]string{"merge", "--image", "merged"}, images...)...)
	p.run(t, dir, found, nil, append([]string{"digest", "--oci"}, images...)...)
	p.run(t, dir, found, nil, "digest", "--algorithm", "sha512", "merged")
	p.run(t, dir, found, nil, "dump", "merged")
	found.add(t, dir)
	return found
}

// run runs a command in dir, and reports whether it succeeds.
func (p program) run(t *testing.T, dir string, found results, stdin []byte, args ...string) bool {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), p[0], slices.Concat(p[1:], args)...)
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(string(stdin))
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	found[strings.Join(args, " ")] = fmt.Sprintf("exit code %d: %s", cmd.ProcessState.ExitCode(), out)
	return err == nil
}

// add adds the files below dir.
func (found results) add(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		var content []byte
		if info.Mode().IsRegular() {
			content, err = os.ReadFile(path)
		}
		found[strings.TrimPrefix(path, dir)] = info.Mode().String() + " " + string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// complete ends a test that has compared nothing, because there is no merged image.
func (found results) complete(t *testing.T) {
	t.Helper()
	if _, ok := found["/merged"]; !ok {
		t.Fatalf("no merged image: %q", found)
	}
}

// differences lists the files and commands whose results differ.
func differences(want, got results) (list []string) {
	names := maps.Clone(want)
	maps.Copy(names, got)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		w, wanted := want[name]
		g, found := got[name]
		switch {
		case !wanted:
			list = append(list, name+": not expected")
		case !found:
			list = append(list, name+": missing")
		case w != g:
			list = append(list, fmt.Sprintf("%s: differs: %.300q, want %.300q", name, g, w))
		}
	}
	return list
}
