package dump

import (
	"bytes"
)

const hexDigits = "0123456789abcdef"

// appendEscaped appends s in the form of composefs-info dump: printable ASCII is unchanged, and
// everything else is escaped, including the byte in extra.
func appendEscaped(b []byte, s, extra string) []byte {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			b = append(b, `\\`...)
		case c == '\n':
			b = append(b, `\n`...)
		case c == '\r':
			b = append(b, `\r`...)
		case c == '\t':
			b = append(b, `\t`...)
		case c <= ' ' || c > '~' || extra != "" && c == extra[0]:
			b = append(b, '\\', 'x', hexDigits[c>>4], hexDigits[c&15])
		default:
			b = append(b, c)
		}
	}
	return b
}

// appendOptional appends a field in which "-" means "not set".
func appendOptional(b []byte, s string) []byte {
	switch s {
	case "":
		return append(b, '-')
	case "-":
		return append(b, `\x2d`...)
	}
	return appendEscaped(b, s, "")
}

// appendUnescaped appends the unescaped bytes.
func appendUnescaped(b, escaped []byte) ([]byte, error) {
	for {
		i := bytes.IndexByte(escaped, '\\')
		if i < 0 {
			return append(b, escaped...), nil
		}
		b = append(b, escaped[:i]...)
		escaped = escaped[i+1:]
		if len(escaped) == 0 {
			return nil, complain("No character after escape")
		}
		c := escaped[0]
		escaped = escaped[1:]
		switch c {
		case '\\':
			b = append(b, '\\')
		case 'n':
			b = append(b, '\n')
		case 'r':
			b = append(b, '\r')
		case 't':
			b = append(b, '\t')
		case 'x':
			if len(escaped) < 2 {
				return nil, complain("No hex characters after hex escape")
			}
			high, low := hexValue(escaped[0]), hexValue(escaped[1])
			if high < 0 || low < 0 {
				return nil, complain("Invalid hex characters after hex escape")
			}
			b = append(b, byte(high<<4|low))
			escaped = escaped[2:]
		default:
			return nil, complain("Unsupported escape type %s", []byte{c})
		}
	}
}

// hexValue returns the value of a hexadecimal digit of either case, or -1.
func hexValue(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// cString cuts b at its first NUL.
func cString(b []byte) []byte {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		return b[:i]
	}
	return b
}
