package config

import (
	"path"
	"slices"
	"strconv"
	"strings"
)

// Expected decides which container images must have an entry in the policy of expected image
// digests: the key expected in composefs.conf.
type Expected uint8

const (
	// ExpectedListed refuses listed images with another digest. It is the default.
	ExpectedListed Expected = iota
	// ExpectedAll also refuses images that are not listed.
	ExpectedAll
)

// expectedNames are the values in composefs.conf.
var expectedNames = [...]string{ExpectedListed: "listed", ExpectedAll: "all"}

// String returns the value in composefs.conf.
func (e Expected) String() string {
	if int(e) < len(expectedNames) {
		return expectedNames[e]
	}
	return "Expected(" + strconv.Itoa(int(e)) + ")"
}

// Digests is the place of the policy files.
type Digests struct {
	// Dirs are candidates. The first existing directory counts.
	Dirs []string
	// Named: composefs.conf names the only directory, which must exist.
	Named bool
}

// digestsDir is the name of the directory with the policy files, beside composefs.conf.
const digestsDir = "composefs-digests.d"

// composefsKeys are the keys of composefs.conf with their parsers.
var composefsKeys = map[string]func(o *Options, root *table, key string) error{
	"verity":     oneOf(verityNames[:], `"off", "try" or "require"`, func(o *Options, i int) { o.Verity = Verity(i) }),
	"expected":   oneOf(expectedNames[:], `"listed" or "all"`, func(o *Options, i int) { o.Expected = Expected(i) }),
	"rootless":   oneOf(rootlessNames[:], `"fuse" or "plain"`, func(o *Options, i int) { o.Rootless = Rootless(i) }),
	"algorithm":  oneOf(algorithmNames[:], `"sha256" or "sha512"`, func(o *Options, i int) { o.Algorithm = algorithmNames[i] }),
	"decompress": oneOf(decompressNames[:], `"auto" or "go"`, func(o *Options, i int) { o.Decompress = Decompress(i) }),
	"digests_dir": func(o *Options, root *table, key string) error {
		dir, ok := root.values[key].(string)
		if !ok || !path.IsAbs(dir) {
			return root.wrong(key, "must be an absolute path")
		}
		o.Digests = Digests{Dirs: []string{path.Clean(dir)}, Named: true}
		return nil
	},
	"object_repos": func(o *Options, root *table, key string) error {
		list, ok := root.values[key].([]any)
		o.ObjectRepos = nil // those of earlier files
		for _, value := range list {
			dir, _ := value.(string)
			if ok = ok && path.IsAbs(dir); ok {
				o.ObjectRepos = append(o.ObjectRepos, path.Clean(dir))
			}
		}
		if !ok {
			return root.wrong(key, "must be a list of absolute paths")
		}
		return nil
	},
}

// algorithmNames are the values of algorithm.
var algorithmNames = [...]string{"sha256", "sha512"}

// oneOf returns the parser of a key whose value is one of the names. An error names them as in list. set
// sets the index of the name.
func oneOf(names []string, list string, set func(o *Options, i int)) func(*Options, *table, string) error {
	return func(o *Options, root *table, key string) error {
		i := slices.IndexFunc(names, func(name string) bool { return root.values[key] == name })
		if i < 0 {
			return root.wrong(key, "must be one of "+list)
		}
		set(o, i)
		return nil
	}
}

// parseComposefs reads composefs.conf, or a drop-in that adds to it. Keys match exactly, and unknown ones are an error: a
// misspelt "verity" must not result in the default.
func parseComposefs(text *Text, o *Options, from origins) error {
	root, err := parseTOML(text)
	if err != nil {
		return err
	}
	var errs Errors
	for _, key := range root.keys() {
		if parse := composefsKeys[key]; parse != nil {
			errs = errs.with(parse(o, root, key))
			from[key] = value{of: root, key: key}.origin
			continue
		}
		errs = append(errs, &ValueError{Source: text.Name, Line: root.line(key), Key: root.name(key), Want: `unknown key, there are "verity", "algorithm", "digests_dir", "expected", "decompress", "rootless" and "object_repos"`})
	}
	return errs.err()
}

// digestDirs returns the default directories of policy files, beside the places of composefs.conf.
func (sys System) digestDirs() ([]string, error) {
	if file, _ := sys.LookupEnv("CONTAINERS_COMPOSEFS_CONF"); file != "" {
		return []string{path.Join(path.Dir(file), digestsDir)}, nil
	}
	files, err := sys.files("composefs.conf")
	for i, file := range files {
		files[i] = strings.TrimSuffix(file, "composefs.conf") + digestsDir
	}
	return files, err
}
