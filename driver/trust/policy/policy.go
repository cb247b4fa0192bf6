package policy

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Policy contains the entries of all policy files. The zero value is empty.
type Policy struct {
	configs, layers map[string][]*Entry
}

// Load reads the files *.toml in the first existing directory, in the order of their names. If no
// directory exists the policy is empty; with must this is an error.
func Load(dirs []string, must bool) (*Policy, error) {
	p := &Policy{}
	for _, dir := range dirs {
		files, err := os.ReadDir(dir)
		if errors.Is(err, fs.ErrNotExist) && !must {
			continue
		}
		if errors.Is(err, fs.ErrNotExist) { // not wrapped, because callers take ErrNotExist for a missing layer
			return nil, fmt.Errorf("expected digests: composefs.conf has digests_dir = %q, which does not exist: create that directory, or remove the key", dir)
		}
		if err != nil {
			return nil, fmt.Errorf("expected digests: %w", err)
		}
		for _, f := range files {
			if !strings.HasSuffix(f.Name(), ".toml") {
				continue
			}
			if err := p.load(filepath.Join(dir, f.Name())); err != nil {
				return nil, fmt.Errorf("expected digests: %w", err)
			}
		}
		return p, nil
	}
	return p, nil
}

func (p *Policy) load(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	list, err := Parse(file, text)
	if err != nil {
		return err
	}
	return p.Add(list...)
}

// Add adds entries. Two entries for an image are an error if they contradict one another.
func (p *Policy) Add(list ...*Entry) error {
	if p.configs == nil {
		p.configs, p.layers = map[string][]*Entry{}, map[string][]*Entry{}
	}
	for _, e := range list {
		of, id := p.configs, e.Config
		if id == "" {
			of, id = p.layers, e.Layer
		}
		for _, other := range of[id] {
			if key := e.contradicts(other); key != "" {
				return fmt.Errorf("%s: %s of %s differs from that in %s", e.Source, key, e.Name(), other.Source)
			}
		}
		of[id] = append(of[id], e)
	}
	return nil
}

// Config returns the entries for the digest of a configuration, 64 hexadecimal digits, in the order of
// the files.
func (p *Policy) Config(digest string) []*Entry { return p.configs[digest] }

// Layer returns the entries for the ID of a top layer.
func (p *Policy) Layer(id string) []*Entry { return p.layers[id] }

// HasConfigs reports whether any entry names its image by the configuration, so that callers need the
// records of the store.
func (p *Policy) HasConfigs() bool { return len(p.configs) > 0 }

// Empty reports whether there are no entries.
func (p *Policy) Empty() bool { return len(p.configs)+len(p.layers) == 0 }
