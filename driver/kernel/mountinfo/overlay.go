package mountinfo

import "bytes"

// Layers returns the lower layers of an overlay, top first, and its data-only layers. A relative path
// is relative to the current directory of the process that mounted the overlay, which the kernel does
// not report.
func (m Mount) Layers() (lowers, data []string) {
	if len(m.lowerdirs) == 1 {
		return splitLowerdir(m.lowerdirs[0]) // a:b::c::d
	}
	for key, list := range map[string]*[]string{"lowerdir": &lowers, "lowerdir+": &lowers, "datadir": &data, "datadir+": &data} {
		*list = append(*list, m.Options[key]...) // one by one, without escapes: a mount has one of both spellings
	}
	return lowers, data
}

// splitLowerdir splits the option lowerdir. overlayfs escapes colons, commas and backslashes in it by
// a backslash, and Linux 6.8 and later print these escapes. Linux 6.6 and 6.7 print none, and colons
// as \072.
func splitLowerdir(value string) (lowers, data []string) {
	text, escaped := decode(value)
	var path []byte
	list := &lowers
	for i := 0; i <= len(text); i++ {
		if i == len(text) || text[i] == ':' && !escaped[i] {
			if len(path) > 0 {
				*list = append(*list, string(path))
			} else { // two colons
				list = &data
			}
			path = nil
			continue
		}
		if text[i] == '\\' && i+1 < len(text) && bytes.IndexByte([]byte(`:,\`), text[i+1]) >= 0 {
			i++
		}
		path = append(path, text[i])
	}
	return lowers, data
}

// Paths returns all paths in a mount: its root, its mount point, its source, and the layers of an
// overlay. A path may be relative.
func (m Mount) Paths() []string {
	lowers, data := m.Layers()
	paths := append([]string{m.Root, m.Point, m.Source}, lowers...)
	return append(append(paths, data...), m.Options["upperdir"]...)
}
