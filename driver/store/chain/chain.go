package chain

import "strings"

// Chain is a layer and the layers below it, top first.
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

// ids returns the IDs of the layers, as in LowerLayersFile.
func (c Chain) ids() string {
	var ids []string
	for _, l := range c {
		ids = append(ids, l.ID)
	}
	return strings.Join(ids, ":")
}

// Chain returns the chain of a layer. The error wraps fs.ErrNotExist if no store has the layer, or
// it is a *LowerError.
func (s *Stores) Chain(id string) (Chain, error) {
	c, _, err := s.read(id)
	return c, err
}

// read is Chain. linked reports whether LowerFile and the symlinks in l/ lead to the same layers.
func (s *Stores) read(id string) (c Chain, linked bool, err error) {
	top, err := s.Find(id)
	if err != nil {
		return nil, false, err
	}
	for _, file := range LowerFiles {
		names := shortNames{stores: s.all()}
		lower, ok, err := s.lower(top, file, &names)
		if err != nil {
			return nil, false, err
		}
		if ok {
			return append(Chain{top}, lower...), file == LowerFile && !names.lost, nil
		}
	}
	return Chain{top}, true, nil
}
