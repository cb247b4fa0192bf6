//go:build linux

package repository

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

const metaFile = "meta.json"

// version1 is the feature of repositories whose images have format V1 of EROFS. Without it composefs-rs
// takes images for V2, and their digests differ.
const version1 = "v1_erofs"

// meta is the content of meta.json.
type meta struct {
	Version   int      `json:"version"`
	Algorithm string   `json:"algorithm"`
	Features  features `json:"features"`
	Formats   formats  `json:"erofs_formats"`
}

type features struct {
	Compatible         []string `json:"compatible"`
	ReadOnlyCompatible []string `json:"read-only-compatible"`
	Incompatible       []string `json:"incompatible"`
}

type formats struct {
	Default int `json:"default"`
}

// algorithmName returns the name of an algorithm in meta.json.
func algorithmName(a verity.Algorithm) string { return "fsverity-" + a.String() + "-12" }

// newMeta returns the content of a new repository's meta.json.
func newMeta(a verity.Algorithm) meta {
	return meta{1, algorithmName(a), features{[]string{}, []string{version1}, []string{}}, formats{1}}
}

// writeMeta makes meta.json durable, in one step.
func writeMeta(dir string, a verity.Algorithm) error {
	text, err := json.MarshalIndent(newMeta(a), "", "  ")
	if err != nil {
		return err
	}
	path := filepath.Join(dir, metaFile)
	if err := files.Replace(path, string(text)+"\n"); err != nil {
		return err
	}
	if err := os.Chmod(path, 0o644); err != nil {
		return err
	}
	return errors.Join(files.Sync(path), files.Sync(dir))
}

// readMeta reads meta.json. The error wraps [fs.ErrNotExist] if there is none.
func readMeta(dir string) (m meta, err error) {
	path := filepath.Join(dir, metaFile)
	text, err := os.ReadFile(path)
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// Check returns why no objects with that algorithm can be taken from the repository in a directory, or nil. The error
// wraps [fs.ErrNotExist] if the directory has no meta.json.
func Check(dir string, a verity.Algorithm) error {
	m, err := readMeta(dir)
	if err == nil {
		err = m.readable()
	}
	if err == nil && m.Algorithm != algorithmName(a) {
		err = fmt.Errorf("its algorithm is %s, not %s", m.Algorithm, algorithmName(a))
	}
	return err
}

// readable returns why the repository cannot be read, or nil.
func (m *meta) readable() error {
	if m.Version != 1 || len(m.Features.Incompatible) > 0 {
		return fmt.Errorf("it has version %d and features %q, and only version 1 without features is known", m.Version, m.Features.Incompatible)
	}
	return nil
}

// checkMeta checks that objects and images may be added to the repository.
func checkMeta(dir string, a verity.Algorithm) error {
	m, err := readMeta(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is no composefs repository: it has files, and no %s; give an empty or a new directory", dir, metaFile)
	}
	if err != nil {
		return err
	}
	if why := m.refuses(a); why != "" {
		return fmt.Errorf("composefs repository %s: %s", dir, why)
	}
	return nil
}

// refuses returns why nothing may be added to a repository, or "".
func (m *meta) refuses(a verity.Algorithm) string {
	unknown := slices.DeleteFunc(slices.Clone(m.Features.ReadOnlyCompatible), func(f string) bool { return f == version1 })
	switch {
	case m.Version != 1:
		return fmt.Sprintf("it has version %d, and only version 1 is known", m.Version)
	case m.Algorithm != algorithmName(a):
		return fmt.Sprintf("its algorithm is %s, not %s; choose it with --algorithm", m.Algorithm, algorithmName(a))
	case len(m.Features.Incompatible) > 0:
		return fmt.Sprintf("it has unknown features, %q", m.Features.Incompatible)
	case len(unknown) > 0:
		return fmt.Sprintf("it has features, %q, without which it can only be read", unknown)
	case m.Formats.Default != 1 || !slices.Contains(m.Features.ReadOnlyCompatible, version1):
		return "its images have format V2 of EROFS, and only V1 is known"
	}
	return ""
}
