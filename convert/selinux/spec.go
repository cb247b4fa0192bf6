package selinux

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dlclark/regexp2"
)

// spec is a line of file_contexts.
type spec struct {
	pattern string
	prefix  string // of all paths that match
	context string
	match   func(text string) (bool, error)
}

// matches reports whether the specification is about a file. text is the path and the file type, see
// [widen].
func (s *spec) matches(path, text string) (bool, error) {
	if !strings.HasPrefix(path, s.prefix) {
		return false, nil
	}
	return s.match(text)
}

// parseSpec parses the words of a line: pattern, "-" and the file type if the pattern is about one type
// only, and context.
func parseSpec(words []string) (s spec, err error) {
	fileType, rest := ".", words[1:]
	if len(rest) > 0 && strings.HasPrefix(rest[0], "-") {
		fileType, rest = rest[0][1:], rest[1:]
		if len(fileType) != 1 || !strings.Contains("-bcdlps", fileType) {
			return s, fmt.Errorf("unknown file type -%s", fileType)
		}
	}
	if len(rest) != 1 {
		return s, errors.New("a specification has a pattern, perhaps a file type, and a context")
	}
	s = spec{pattern: words[0], prefix: literalPrefix(words[0]), context: rest[0]}
	s.match, err = compile(widen("^(" + words[0] + ")" + fileType + "$"))
	if err != nil {
		return s, fmt.Errorf("pattern %s: %w", s.pattern, err)
	}
	return s, nil
}

// patternTime limits the time that a pattern of regexp2 takes for one path.
const patternTime = 10 * time.Second

// compile compiles an expression. Patterns are Perl's. Package regexp takes nearly all of them, and its
// time is linear; regexp2 takes the rest, for example look-around.
func compile(expression string) (match func(text string) (bool, error), err error) {
	// As in composefs-rs, "." matches line feeds only in the expressions that need no Perl.
	if re, err := regexp.Compile("(?s:" + expression + ")"); err == nil {
		return func(text string) (bool, error) { return re.MatchString(text), nil }, nil
	}
	re, err := regexp2.Compile(expression, regexp2.None)
	if err != nil {
		return nil, err
	}
	re.MatchTimeout = patternTime
	return re.MatchString, nil
}

// widen returns a text with one character for each byte. Patterns match bytes, and the regular
// expressions of Go match characters of UTF-8.
func widen(s string) string {
	if isASCII(s) {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		b.WriteRune(rune(s[i]))
	}
	return b.String()
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// special are the characters with a meaning in patterns.
const special = `\.^$|?*+()[]{}`

// literalPrefix returns a prefix of all paths that match a pattern. Most of the thousands of patterns of
// a policy differ in it from a given path.
func literalPrefix(pattern string) string {
	i := strings.IndexAny(pattern, special)
	if i < 0 {
		return pattern
	}
	if hasAlternative(pattern) {
		return ""
	}
	if strings.IndexByte("?*{", pattern[i]) >= 0 && i > 0 {
		i-- // the character before it may be missing
	}
	return pattern[:i]
}

// hasAlternative reports whether a pattern may have "|" outside of parentheses. It takes each "|" for one
// if the pattern has escapes or classes, in which a parenthesis is an ordinary character.
func hasAlternative(pattern string) bool {
	if strings.ContainsAny(pattern, `\[`) {
		return strings.Contains(pattern, "|")
	}
	depth := 0
	for _, c := range pattern {
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		case '|':
			if depth <= 0 {
				return true
			}
		}
	}
	return false
}
