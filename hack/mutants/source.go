package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// source is the project's Go files.
type source struct {
	code []file            // without tests
	dirs map[test][]string // directories of tests, by the last element
}

// file is a file of Go.
type file struct {
	path, text string
	lines      []line
}

// read reads the Go files below a directory, but for those of others.
func read(root string) (*source, error) {
	s := &source{dirs: map[test][]string{}}
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && (e.Name() == "vendor" || strings.HasPrefix(e.Name(), "_") || strings.HasPrefix(e.Name(), ".") && path != root):
			return fs.SkipDir
		case e.IsDir() || filepath.Ext(path) != ".go":
			return nil
		}
		text, err := os.ReadFile(path)
		s.add(path, string(text))
		return err
	})
	return s, err
}

// add adds a file.
func (s *source) add(path, text string) {
	if !strings.HasSuffix(path, "_test.go") {
		s.code = append(s.code, file{path, text, linesOf(text)})
		return
	}
	dir := filepath.Dir(path)
	for line := range strings.Lines(text) {
		if name, ok := strings.CutPrefix(line, "func Test"); ok {
			name, _, _ = strings.Cut(name, "(")
			t := test{filepath.Base(dir), "Test" + name}
			s.dirs[t] = append(s.dirs[t], dir)
		}
	}
}

// errUnfit is why a mutant does not fit the code.
var errUnfit = errors.New("it does not fit the code any more")

// apply returns the file that a mutant changes, and its text then.
func (s *source) apply(m mutant) (path, text string, err error) {
	old, count := linesOf(m.old), 0
	for _, f := range s.code {
		for _, at := range places(f.lines, old) {
			path, text = f.path, f.text[:at[0]]+m.new+f.text[at[1]:]
			count++
		}
	}
	if count != 1 {
		return "", "", fmt.Errorf("%w: its old text is there %d times, not once", errUnfit, count)
	}
	return path, text, nil
}

// dirOf returns the directory of a test.
func (s *source) dirOf(t test) (string, error) {
	dirs := s.dirs[t]
	if len(dirs) != 1 {
		return "", fmt.Errorf("%w: test %s.%s is there %d times, not once", errUnfit, t.dir, t.name, len(dirs))
	}
	return dirs[0], nil
}
