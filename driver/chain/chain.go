package chain

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Chain is a layer and those below it, the top one first.
type Chain []Layer

// Composefs reports whether any of the layers is composefs.
func (c Chain) Composefs() bool {
	for _, l := range c {
		if l.Composefs {
			return true
		}
	}
	return false
}

// LinkError says that the short name of a layer leads nowhere, as after a power cut
// that took the symlink. The overlay driver makes it anew when it meets one.
type LinkError struct {
	ID   string // the layer that names it
	Link string // l/SHORT
}

// Error says which layer is missing one below it.
func (e *LinkError) Error() string {
	return fmt.Sprintf("layer %s: the layer below it, %s, cannot be found", e.ID, e.Link)
}

// Chain returns the chain of the layer with that ID. The error wraps fs.ErrNotExist
// if there is no such layer, or is a *LinkError.
func (s *Stores) Chain(id string) (Chain, error) {
	top, err := s.Find(id)
	if err != nil {
		return nil, err
	}
	c := Chain{top}
	lower, err := os.ReadFile(filepath.Join(top.Dir(), "lower"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, link := range strings.FieldsFunc(string(lower), func(r rune) bool { return r == ':' || r == '\n' }) {
		l, err := s.follow(link)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, &LinkError{ID: id, Link: link}
		}
		if err != nil {
			return nil, fmt.Errorf("layer %s: %w", id, err)
		}
		c = append(c, l)
	}
	return c, nil
}

// follow returns the layer to which l/SHORT leads, from the first store where it
// leads to one.
func (s *Stores) follow(link string) (Layer, error) {
	for _, store := range s.all() {
		to, err := os.Readlink(filepath.Join(store.Home, link))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return Layer{}, err
		}
		l, err := load(store, filepath.Base(filepath.Dir(to)))
		if !errors.Is(err, fs.ErrNotExist) {
			return l, err
		}
	}
	return Layer{}, fs.ErrNotExist
}
