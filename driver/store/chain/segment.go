package chain

import "slices"

// Segment is a part of a chain that becomes one layer of a mount: consecutive composefs layers, or a
// single plain layer.
type Segment struct {
	Layers []Layer // the top one first

	// Bottom reports that no layer lies below the segment. Its merged image needs no whiteouts.
	Bottom bool
}

// Composefs reports whether the segment's layers are composefs.
func (s Segment) Composefs() bool { return s.Layers[0].Composefs }

// Top returns the top layer, whose directory holds the segment's merged image.
func (s Segment) Top() Layer { return s.Layers[0] }

// OneStore reports whether all layers are in the same store.
func (s Segment) OneStore() bool {
	for _, l := range s.Layers {
		if l.Store != s.Layers[0].Store {
			return false
		}
	}
	return true
}

// WithFiles returns the chain without idmapped layers.
func (c Chain) WithFiles() Chain {
	idmapped := func(l Layer) bool { return l.Idmapped }
	if !slices.ContainsFunc(c, idmapped) {
		return c
	}
	return slices.DeleteFunc(slices.Clone(c), idmapped)
}

// Segments splits the chain into the smallest number of segments, top first. Idmapped layers are in none.
func (c Chain) Segments() []Segment {
	c = c.WithFiles()
	var list []Segment
	for i := 0; i < len(c); {
		end := i + 1
		for c[i].Composefs && end < len(c) && c[end].Composefs {
			end++
		}
		list = append(list, Segment{Layers: c[i:end], Bottom: end == len(c)})
		i = end
	}
	return list
}
