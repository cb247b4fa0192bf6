package selinux

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
)

// none is the context of files without a label.
const none = "<<none>>"

// Policy has the rules by which a container image labels its files. It may be used concurrently.
type Policy struct {
	specs         []spec            // the last specification first
	substitutions map[string]string // paths
}

// Type returns the name of the policy that the text of /etc/selinux/config chooses, "" if it chooses
// none.
func Type(config io.Reader) (name string, err error) {
	lines := bufio.NewScanner(config)
	for lines.Scan() {
		key, value, ok := strings.Cut(lines.Text(), "=")
		if ok && strings.EqualFold(strings.TrimSpace(key), "SELINUXTYPE") {
			return strings.TrimSpace(value), nil
		}
	}
	return "", lines.Err()
}

// Read reads a policy. open opens a file of the policy by its name, such as "file_contexts". Its error
// wraps [fs.ErrNotExist] if there is no such file; only file_contexts has to exist.
func Read(open func(name string) (io.ReadCloser, error)) (*Policy, error) {
	p := &Policy{substitutions: map[string]string{}}
	for _, suffix := range []string{"", ".local", ".homedirs"} {
		if err := readFile(open, "file_contexts"+suffix, suffix != "", p.addSpec); err != nil {
			return nil, err
		}
	}
	for _, suffix := range []string{".subs", ".subs_dist"} {
		if err := readFile(open, "file_contexts"+suffix, true, p.addSubstitution); err != nil {
			return nil, err
		}
	}
	slices.Reverse(p.specs)
	return p, nil
}

// readFile passes the words of each line of a file to add, but of empty lines and comments.
func readFile(open func(name string) (io.ReadCloser, error), name string, optional bool, add func(words []string) error) error {
	f, err := open(name)
	if optional && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("SELinux policy: %s: %w", name, err)
	}
	defer f.Close() //nolint:errcheck // open for reading
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		words := strings.Fields(lines.Text())
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if err := add(words); err != nil {
			return fmt.Errorf("SELinux policy: %s:%d: %w", name, n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("SELinux policy: %s: %w", name, err)
	}
	return nil
}

func (p *Policy) addSpec(words []string) error {
	s, err := parseSpec(words)
	p.specs = append(p.specs, s)
	return err
}

func (p *Policy) addSubstitution(words []string) error {
	if len(words) != 2 {
		return errors.New("a substitution has two paths")
	}
	p.substitutions[words[0]] = words[1]
	return nil
}

// Substitute returns the path that a path stands for.
func (p *Policy) Substitute(path string) string {
	if other, ok := p.substitutions[path]; ok {
		return other
	}
	return path
}

// Label returns the label of a file, "" if it has none. fileType is one of -bcdlps, as in file_contexts.
func (p *Policy) Label(path string, fileType byte) (label string, err error) {
	text := widen(path + string(rune(fileType)))
	for i := range p.specs {
		s := &p.specs[i]
		ok, err := s.matches(path, text)
		if err != nil {
			return "", fmt.Errorf("SELinux policy: pattern %s on %s: %w", s.pattern, path, err)
		}
		if !ok {
			continue
		}
		if s.context == none {
			return "", nil
		}
		return s.context, nil
	}
	return "", nil
}
