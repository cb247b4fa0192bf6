package mountinfo

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Mount is a line of a mount table, without escapes.
type Mount struct {
	Device  string // of the file system, as in 0:42
	Root    string // the directory or file that is mounted, a path in the file system
	Point   string // the mount point
	Attrs   string // of the mount, such as rw,relatime
	Type    string // of the file system, such as overlay
	Source  string
	Options map[string][]string // of the file system: all values of a key, in order

	lowerdirs []string // with the escapes
}

// Self returns the mounts that this process sees, oldest first.
func Self() ([]Mount, error) { return read("/proc/self/mountinfo") }

// At returns the topmost of the mounts whose mount point is path.
func At(mounts []Mount, path string) (m Mount, ok bool) {
	for i := len(mounts) - 1; i >= 0; i-- {
		if mounts[i].Point == path {
			return mounts[i], true
		}
	}
	return m, false
}

// Below returns the mount points of this process below dir, the last mounted last.
func Below(dir string) (points []string, err error) {
	mounts, err := Self()
	for _, m := range mounts {
		if strings.HasPrefix(m.Point, dir+"/") {
			points = append(points, m.Point)
		}
	}
	return points, err
}

func read(name string) ([]Mount, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	mounts, err := Parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return mounts, nil
}

// Parse parses a mount table.
func Parse(table string) (mounts []Mount, err error) {
	for line := range strings.Lines(table) {
		m, err := parseLine(strings.TrimSuffix(line, "\n"))
		if err != nil {
			return nil, err
		}
		mounts = append(mounts, m)
	}
	return mounts, nil
}

// parseLine parses, for instance, "36 35 98:0 /root /point rw shared:1 - ext4 /dev/sda1 rw".
func parseLine(line string) (Mount, error) {
	mount, filesystem, ok := strings.Cut(line, " - ")
	where, what := strings.Split(mount, " "), strings.SplitN(filesystem, " ", 3)
	if !ok || len(where) < 6 || len(what) < 3 {
		return Mount{}, fmt.Errorf("unknown line %q", line)
	}
	m := Mount{
		Device: where[2], Root: unescape(where[3]), Point: unescape(where[4]), Attrs: where[5],
		Type: unescape(what[0]), Source: unescape(what[1]), Options: map[string][]string{},
	}
	for option := range strings.SplitSeq(what[2], ",") { // within a value the comma is escaped
		key, value, _ := strings.Cut(option, "=")
		if key = unescape(key); key == "lowerdir" {
			m.lowerdirs = append(m.lowerdirs, value)
		}
		m.Options[key] = append(m.Options[key], unescape(value))
	}
	return m, nil
}

// unescape undoes the escapes of the kernel.
func unescape(s string) string {
	text, _ := decode(s)
	return string(text)
}

// decode replaces a backslash and three octal digits by their byte, and reports which bytes were
// escaped. Other backslashes stay, because some file systems print options without escapes.
func decode(s string) (text []byte, escaped []bool) {
	for i := 0; i < len(s); i++ {
		c, octal := s[i], false
		if c == '\\' && i+3 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+4], 8, 8); err == nil {
				c, octal = byte(n), true
				i += 3
			}
		}
		text, escaped = append(text, c), append(escaped, octal)
	}
	return text, escaped
}
