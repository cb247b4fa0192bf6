package ociimage

import "strings"

// content draws the content of a file, often one that there was before.
func (g *generator) content() string {
	if len(g.contents) > 0 && g.oneIn(3) {
		g.count("repeated content")
		return pick(g, g.contents...)
	}
	size := pick(g, 0, 1, 63, 64, 65, 500, 4095, 4096, 4097, 8192, g.r.IntN(8192))
	if g.oneIn(150) {
		size = 1<<20 + pick(g, -1, 0, 1)
		g.count("file of a megabyte")
	}
	g.countIf(size == 0, "empty file")
	g.countIf(size == 64, "file of 64 bytes")
	c := g.bytes(size)
	g.contents = append(g.contents, c)
	return c
}

// holes returns a content with holes and the spans between them. The holes are where
// chance has them, at the borders of blocks or anywhere, or nowhere.
func (g *generator) holes(content string) (string, []span) {
	content += strings.Repeat("x", pick(g, 0, 1, 512, 10000))
	b := make([]byte, len(content))
	var spans []span
	for at := 0; at < len(content); {
		from := min(at+pick(g, 0, 1, 512, 4096, g.r.IntN(5000)), len(content))
		to := min(from+pick(g, 1, 512, 4096, 1+g.r.IntN(5000)), len(content))
		if from < to {
			copy(b[from:to], content[from:to])
			spans = append(spans, span{from, to})
		}
		if at = to; g.oneIn(6) {
			break // the rest is a hole
		}
	}
	if len(spans) == 0 { // as GNU tar does
		spans = []span{{len(b), len(b)}}
	}
	return string(b), spans
}
