package chain

// Segment is a part of a chain that is one layer of a mount: composefs layers that
// follow one another, or a single other layer.
type Segment struct {
	Layers []Layer // the top one first

	// Whole: nothing lies below, so that whiteouts have done their work.
	Whole bool
}

// Composefs reports whether the segment's layers are composefs.
func (s Segment) Composefs() bool { return s.Layers[0].Composefs }

// Top returns the layer by which the segment's image is found.
func (s Segment) Top() Layer { return s.Layers[0] }

// OneStore reports whether all layers are in one store.
func (s Segment) OneStore() bool {
	for _, l := range s.Layers {
		if l.Store != s.Layers[0].Store {
			return false
		}
	}
	return true
}

// Segments cuts the chain into as few segments as can be, the top one first.
func (c Chain) Segments() []Segment {
	var list []Segment
	for i := 0; i < len(c); {
		end := i + 1
		for c[i].Composefs && end < len(c) && c[end].Composefs {
			end++
		}
		list = append(list, Segment{Layers: c[i:end], Whole: end == len(c)})
		i = end
	}
	return list
}
