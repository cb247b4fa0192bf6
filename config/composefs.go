package config

import (
	"path"
	"slices"
	"strconv"
	"strings"
)

// Expected says which images must have an entry in the policy that names the digests
// of merged images: the key expected in composefs.conf.
type Expected uint8

const (
	// ExpectedListed refuses listed images that have another digest. It is the default.
	ExpectedListed Expected = iota
	// ExpectedAll refuses images that are not listed too.
	ExpectedAll
)

// expectedNames holds the values' spellings in composefs.conf.
var expectedNames = [...]string{ExpectedListed: "listed", ExpectedAll: "all"}

// String returns the value's spelling in composefs.conf.
func (e Expected) String() string {
	if int(e) < len(expectedNames) {
		return expectedNames[e]
	}
	return "Expected(" + strconv.Itoa(int(e)) + ")"
}

// Digests says where the policy files are.
type Digests struct {
	// Dirs are directories, of which the first that exists counts.
	Dirs []string
	// Named: there is one, and composefs.conf names it. It must exist.
	Named bool
}

// digestsDir is the name of the directory with the policy files, beside composefs.conf.
const digestsDir = "composefs-digests.d"

// composefsKeys are the keys of composefs.conf, and what reads each.
var composefsKeys = map[string]func(o *Options, root *table, key string) error{
	"verity": func(o *Options, root *table, key string) error {
		v, ok := parseVerity(root.values[key])
		if !ok {
			return root.wrong(key, `must be one of "off", "try" or "require"`)
		}
		o.Verity = v
		return nil
	},
	"expected": func(o *Options, root *table, key string) error {
		i := slices.IndexFunc(expectedNames[:], func(name string) bool { return root.values[key] == name })
		if i < 0 {
			return root.wrong(key, `must be one of "listed" or "all"`)
		}
		o.Expected = Expected(i)
		return nil
	},
	"digests_dir": func(o *Options, root *table, key string) error {
		dir, ok := root.values[key].(string)
		if !ok || !path.IsAbs(dir) {
			return root.wrong(key, "must be an absolute path")
		}
		o.Digests = Digests{Dirs: []string{path.Clean(dir)}, Named: true}
		return nil
	},
}

// parseComposefs reads composefs.conf. Its keys are exact, and any other key is an
// error: a misspelt "require" must not pass for the default.
func parseComposefs(text *Text, o *Options) error {
	root, err := parseTOML(text)
	if err != nil {
		return err
	}
	var errs Errors
	for _, key := range root.keys() {
		if parse := composefsKeys[key]; parse != nil {
			errs = errs.with(parse(o, root, key))
			continue
		}
		errs = append(errs, &ValueError{Source: text.Name, Line: root.line(key), Key: root.name(key), Want: `unknown key, there are "verity", "digests_dir" and "expected"`})
	}
	return errs.err()
}

// digestDirs returns where policy files are looked for unless composefs.conf says: in
// the places of composefs.conf.
func (sys System) digestDirs() ([]string, error) {
	if file, ok := sys.LookupEnv("CONTAINERS_COMPOSEFS_CONF"); ok {
		return []string{path.Join(path.Dir(file), digestsDir)}, nil
	}
	files, err := sys.files("composefs.conf")
	for i, file := range files {
		files[i] = strings.TrimSuffix(file, "composefs.conf") + digestsDir
	}
	return files, err
}
