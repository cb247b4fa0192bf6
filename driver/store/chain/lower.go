package chain

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Files of a layer's directory that record the layers below it, the nearest first.
const (
	// LowerLayersFile contains ID:ID…. containers/storage writes it from 1.63 on.
	LowerLayersFile = "lower-layers"
	// LowerFile contains l/SHORT:l/SHORT…. All versions write it.
	LowerFile = "lower"
)

// LowerFiles lists these files in the order in which containers/storage prefers them.
// An empty file counts as missing: the overlay driver does not sync these files, so a power cut may
// leave them empty.
// Source: getLowerLayerIDs in drivers/overlay/overlay.go of containers/storage 1.63.
var LowerFiles = []string{LowerLayersFile, LowerFile}

// maxLower limits these files. overlayfs takes 500 lower layers, and a file name has
// at most 255 bytes.
const maxLower = 500 * (255 + 1)

// LowerError reports that the layers below a layer are unknown.
type LowerError struct {
	ID     string // the layer
	Path   string // the file that names the layers below
	Detail string

	// Missing is the ID or l/SHORT of a layer that no store has. It is empty if the file is damaged.
	Missing string
}

// Error names the layer, the file and the fault.
func (e *LowerError) Error() string {
	if e.Missing != "" {
		return fmt.Sprintf("layer %s: the layer below it, %s, cannot be found", e.ID, e.Missing)
	}
	return fmt.Sprintf("layer %s: %s: %s", e.ID, e.Path, e.Detail)
}

// Lower returns the layers below l by one of [LowerFiles], the nearest first. ok is
// false if the file is missing or empty. The error may be a *LowerError.
func (s *Stores) Lower(l Layer, file string) (lower []Layer, ok bool, err error) {
	return s.lower(l, file, &shortNames{stores: s.all()})
}

func (s *Stores) lower(l Layer, file string, names *shortNames) ([]Layer, bool, error) {
	path := filepath.Join(l.Dir(), file)
	text, err := readSmall(path, maxLower)
	if errors.Is(err, fs.ErrNotExist) || err == nil && text == "" {
		return nil, false, nil
	}
	if errors.Is(err, errLong) {
		return nil, false, &LowerError{ID: l.ID, Path: path, Detail: err.Error()}
	}
	if err != nil {
		return nil, false, fmt.Errorf("layer %s: %w", l.ID, err)
	}
	find := s.byID
	if file == LowerFile {
		find, text = names.find, strings.TrimSpace(text)
	}
	seen := []string{l.ID}
	var list []Layer
	for name := range strings.SplitSeq(text, ":") {
		below, err := find(name)
		switch {
		case errors.Is(err, errName):
			return nil, false, &LowerError{ID: l.ID, Path: path, Detail: fmt.Sprintf("%.80q is not the name of a layer", name)}
		case errors.Is(err, fs.ErrNotExist):
			return nil, false, &LowerError{ID: l.ID, Path: path, Missing: name}
		case err != nil:
			return nil, false, fmt.Errorf("layer %s: %w", l.ID, err)
		case slices.Contains(seen, below.ID):
			return nil, false, &LowerError{ID: l.ID, Path: path, Detail: fmt.Sprintf("layer %s would lie below itself", below.ID)}
		}
		seen, list = append(seen, below.ID), append(list, below)
	}
	return list, true, nil
}

// byID finds a layer by the ID that a file contains.
func (s *Stores) byID(name string) (Layer, error) {
	if err := checkName(name); err != nil {
		return Layer{}, err
	}
	return s.Find(name)
}

// errName is the error for a text that cannot be the name of a layer.
var errName = errors.New("not the name of a layer")

// checkName returns errName unless name is a single file name.
func checkName(name string) error {
	if name == "" || name == "." || name == ".." || len(name) > 255 || strings.ContainsAny(name, "/\x00") {
		return errName
	}
	return nil
}

// errLong is the error for a file that exceeds its limit.
var errLong = errors.New("it is too long")

// readSmall reads a file of at most max bytes.
func readSmall(path string, max int64) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close() //nolint:errcheck // open for reading
	text, err := io.ReadAll(io.LimitReader(f, max+1))
	if err == nil && int64(len(text)) > max {
		err = errLong
	}
	return string(text), err
}
