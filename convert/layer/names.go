package layer

import "strings"

// namesSize is the size in bytes of a chunk of names.
const namesSize = 4 << 10

// names keeps the names of a tree in chunks, so that a name takes its bytes only.
type names struct{ chunk *strings.Builder }

// keep returns a copy of a name.
func (n *names) keep(name string) string {
	if n.chunk == nil || n.chunk.Cap()-n.chunk.Len() < len(name) {
		n.chunk = new(strings.Builder)
		n.chunk.Grow(max(namesSize, len(name)))
	}
	start := n.chunk.Len()
	n.chunk.WriteString(name)
	return n.chunk.String()[start:]
}
