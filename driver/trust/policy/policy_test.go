package policy_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/trust/policy"
)

var (
	a    = strings.Repeat("a", 64)
	b    = strings.Repeat("b", 64)
	long = strings.Repeat("c", 128)
)

// parse parses a text in which A and B stand for digests and L for one of 128 digits.
func parse(text string) ([]*policy.Entry, error) {
	return policy.Parse("p.toml", []byte(strings.NewReplacer("A", a, "B", b, "L", long).Replace(text)))
}

func TestParse(t *testing.T) {
	for _, text := range []string{"", "# nothing\n"} {
		if list, err := parse(text); err != nil || len(list) != 0 {
			t.Errorf("%q: %v, %v", text, list, err)
		}
	}
	list, err := parse(`# two images
[[image]]
config = "sha256:A"
merged = "B" # as is
 [[ image ]]  # by its layer
layer = 'A'
oci = 'L'
bootable = 'L'
`)
	if err != nil || len(list) != 2 {
		t.Fatalf("%v, %v", list, err)
	}
	d, _ := verity.ParseDigest(b)
	if e := list[0]; e.Config != a || e.Layer != "" || *e.Merged != d || e.OCI != "" || e.Source != "p.toml:2" || e.Name() != "sha256:"+a {
		t.Errorf("first: %+v", e)
	}
	if e := list[1]; e.Layer != a || e.Config != "" || e.Merged != nil || e.OCI != long || e.Bootable != long || policy.Algorithm(e.OCI) != verity.SHA512 || e.Source != "p.toml:5" {
		t.Errorf("second: %+v", e)
	}
	list, err = policy.Parse("p.toml", []byte("[[image]]\nconfig = '"+strings.ToUpper(a)+"'\noci = '"+strings.ToUpper(b)+"'"))
	if err != nil || list[0].Config != a || list[0].OCI != b || policy.Algorithm(list[0].OCI) != verity.SHA256 {
		t.Errorf("upper case: %+v, %v", list, err)
	}
}

func TestParseErrors(t *testing.T) {
	for text, want := range map[string]string{
		"\n[[image]":                             `p.toml:2: `,
		"[[image]]\nconfig = A":                  `p.toml:2: `,
		"x = 1":                                  `p.toml:1: x: unknown key, there is "[[image]]" only`,
		"\n[[images]]\nx = 1":                    `p.toml:2: images: unknown key, there is "[[image]]" only`,
		"Image = 1":                              `p.toml:1: Image: unknown key, there is "[[image]]" only`,
		"\nimage = 1":                            `p.toml:2: image: must be written as "[[image]]"`,
		"[image]\nconfig = 'A'":                  `p.toml:1: image: must be written as "[[image]]"`,
		"image = []":                             `p.toml:1: image: must be written as "[[image]]"`,
		"image = [{config = 'A', merged = 'B'}]": `p.toml:1: image: must be written as "[[image]]"`,
		"[['image']]\nconfig = 'A'\nmerged = 'B'":                   `p.toml: an entry must begin with "[[image]]" on a line of its own`,
		"[[image]]\nconfig = 'A'\nmerged = 'B'\ndigest = 'B'":       `p.toml:4: digest: unknown key, there are "config", "layer", "merged", "oci" and "bootable"`,
		"[[image]]\nmerged = 'B'\nConfig = 'A'":                     `p.toml:3: Config: unknown key, there are "config", "layer", "merged", "oci" and "bootable"`,
		"[[image]]\nmerged = 'B'\n[image.x]\ny = 1\n":               `p.toml:1: x: unknown key, there are "config", "layer", "merged", "oci" and "bootable"`,
		"[[image]]\nconfig = 1\nmerged = 'B'":                       `p.toml:2: config: must be a string, in quotes`,
		"[[image]]\nconfig = 'sha512:A'\nmerged = 'B'":              `p.toml:2: config = "sha512:` + a + `": must be 64 hexadecimal digits`,
		"[[image]]\nconfig = ''\nmerged = 'B'":                      `p.toml:2: config = "": must be 64 hexadecimal digits`,
		"[[image]]\nlayer = 'aB'\nmerged = 'B'":                     `p.toml:2: layer = "a` + b + `": must be 64 hexadecimal digits`,
		"[[image]]\nconfig = 'A'\n\nmerged = 'Lx'":                  `p.toml:4: merged = "` + long + `x": must be 64 or 128 hexadecimal digits`,
		"[[image]]\nconfig = 'A'\nmerged = 'sha256:B'":              `p.toml:3: merged = "sha256:` + b + `": must be 64 or 128 hexadecimal digits`,
		"[[image]]\nconfig = 'A'\noci = 'x'":                        `p.toml:3: oci = "x": must be 64 or 128 hexadecimal digits`,
		"[[image]]\n\n[[image]]\nconfig = 'A'\nmerged = 'B'":        `p.toml:1: "config" or "layer" must name the image`,
		"[[image]]\nconfig = 'A'\nmerged = 'B'\n[[image]]\noci='B'": `p.toml:4: "config" or "layer" must name the image`,
		"[[image]]\nconfig = 'A'\nlayer = 'B'\nmerged = 'B'":        `p.toml:1: "config" and "layer" are both there, an image is named by one`,
		"[[image]]\nconfig = 'A'\n":                                 `p.toml:1: "merged", "oci" or "bootable" must state a digest`,
		"[[image]]\nconfig = 'A'\nconfig = 'B'":                     `p.toml:3: `,
	} {
		list, err := parse(text)
		var wrong *policy.Error
		if list != nil || !errors.As(err, &wrong) || !strings.HasPrefix(err.Error(), want) || strings.HasSuffix(want, " ") && len(err.Error()) <= len(want) ||
			!strings.HasSuffix(want, " ") && err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// write writes files of a directory and returns it.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(strings.NewReplacer("A", a, "B", b, "L", long).Replace(text)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestLoad(t *testing.T) {
	none, empty := filepath.Join(t.TempDir(), "none"), t.TempDir()
	full := write(t, map[string]string{
		"b.toml":    "[[image]]\nconfig = 'A'\noci = 'A'\n[[image]]\nlayer = 'B'\nmerged = 'B'",
		"a.toml":    "[[image]]\nconfig = 'A'\nmerged = 'B'",
		"c.toml":    "[[image]]\nconfig = 'A'\noci = 'L'\nmerged = 'B'",
		"note.txt":  "x = 1",
		"old.toml~": "x = 1",
	})
	for _, dirs := range [][]string{nil, {none}, {none, empty, full}} {
		if p, err := policy.Load(dirs, false); err != nil || !p.Empty() || p.HasConfigs() || p.Config(a) != nil {
			t.Errorf("%q: %+v, %v", dirs, p, err)
		}
	}
	p, err := policy.Load([]string{none, full}, false)
	if err != nil || p.Empty() || !p.HasConfigs() || p.Config(b) != nil || p.Layer(a) != nil || len(p.Layer(b)) != 1 {
		t.Fatalf("%+v, %v", p, err)
	}
	var from []string
	for _, e := range p.Config(a) {
		from = append(from, filepath.Base(e.Source))
	}
	if got := strings.Join(from, " "); got != "a.toml:1 b.toml:1 c.toml:1" {
		t.Errorf("entries of %s", got)
	}
}

func TestLoadErrors(t *testing.T) {
	file := write(t, map[string]string{"f": ""}) + "/f"
	unreadable := t.TempDir()
	if err := os.Mkdir(filepath.Join(unreadable, "a.toml"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		dir  string
		must bool
		want string
	}{
		{filepath.Join(unreadable, "none"), true, `none", which does not exist: create that directory, or remove the key`},
		{file, false, "/f: not a directory"},
		{unreadable, false, "/a.toml: is a directory"},
		{write(t, map[string]string{"x.toml": "\nx = 1"}), false, `/x.toml:2: x: unknown key, there is "[[image]]" only`},
		{write(t, map[string]string{"1.toml": "[[image]]\nconfig = 'A'\nmerged = 'A'", "2.toml": "\n[[image]]\nconfig = 'A'\nmerged = 'B'"}), false,
			"/2.toml:2: merged of sha256:" + a + " differs from that in DIR/1.toml:1"},
		{write(t, map[string]string{"1.toml": "[[image]]\nlayer = 'A'\noci = 'A'\n[[image]]\nlayer = 'A'\noci = 'B'"}), false,
			"/1.toml:4: oci of layer " + a + " differs from that in DIR/1.toml:1"},
	} {
		p, err := policy.Load([]string{tc.dir}, tc.must)
		if want := strings.ReplaceAll(tc.want, "DIR", tc.dir); p != nil || err == nil || !strings.HasPrefix(err.Error(), "expected digests: ") || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", tc.dir, err, want)
		}
	}
	_, err := policy.Load([]string{"/nonexistent"}, true)
	if err == nil || !strings.Contains(err.Error(), `composefs.conf has digests_dir = "/nonexistent"`) {
		t.Errorf("the file and the key are not named: %v", err)
	}
	if errors.Is(err, fs.ErrNotExist) {
		t.Error("it passes for a missing file of a layer, with the advice to check the store")
	}
}
