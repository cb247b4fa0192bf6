package main

import (
	"go/scanner"
	"go/token"
	"slices"
	"strings"
)

// line is a line of code.
type line struct {
	code     string // without comments, with single spaces
	from, to int    // its bytes in the text
}

// linesOf returns the lines of a text that have code.
func linesOf(text string) (lines []line) {
	plain := withoutComments(text)
	from := 0
	for l := range strings.Lines(plain) {
		if code := strings.Join(strings.Fields(l), " "); code != "" {
			lines = append(lines, line{code, from, from + len(l)})
		}
		from += len(l)
	}
	return lines
}

// withoutComments returns a text of the same length with blanks in the place of comments.
func withoutComments(text string) string {
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(text))
	s.Init(file, []byte(text), nil, scanner.ScanComments)
	plain := []byte(text)
	for {
		at, kind, literal := s.Scan()
		switch kind {
		case token.EOF:
			return string(plain)
		case token.COMMENT:
			for i := range literal {
				if o := file.Offset(at) + i; plain[o] != '\n' {
					plain[o] = ' '
				}
			}
		}
	}
}

// places returns the bytes of a text where it has these lines of code.
func places(text, old []line) (found [][2]int) {
	for i := range text {
		if len(text)-i >= len(old) && slices.EqualFunc(text[i:i+len(old)], old, func(a, b line) bool { return a.code == b.code }) {
			found = append(found, [2]int{text[i].from, text[i+len(old)-1].to})
		}
	}
	return found
}
