package config_test

import (
	"reflect"
	"testing"

	"github.com/composefs-storage/composefs-storage/config"
)

func TestPullOptions(t *testing.T) {
	for _, tc := range []struct {
		name, in string
		want     config.PullOptions
	}{
		{"none", "", config.PullOptions{}},
		{"convert", `convert_images = "true"`, config.PullOptions{ConvertImages: config.On}},
		{"partial", `enable_partial_images = "true"`, config.PullOptions{EnablePartialImages: true}},
		{"links", `use_hard_links = "true"`, config.PullOptions{UseHardLinks: true}},
		{"unpredictable", `insecure_allow_unpredictable_image_contents = "true"`, config.PullOptions{InsecureAllowUnpredictableImageContents: true}},
		{"repositories", `ostree_repos = "/a:/b"`, config.PullOptions{OSTreeRepos: []string{"/a", "/b"}}},
		{"empty repositories", `ostree_repos = ":"`, config.PullOptions{}},
		{"all", `convert_images = "true", enable_partial_images = "true", use_hard_links = "false", ostree_repos = "/a"`,
			config.PullOptions{ConvertImages: config.On, EnablePartialImages: true, OSTreeRepos: []string{"/a"}}},
		{"capitals", `convert_images = "TrUe"`, config.PullOptions{ConvertImages: config.On}},
		{"false", `convert_images = "false"`, config.PullOptions{ConvertImages: config.Off}},
		{"one is not true", `convert_images = "1"`, config.PullOptions{ConvertImages: config.Off}},
		{"blanks are not cut", `convert_images = " true"`, config.PullOptions{ConvertImages: config.Off}},
		{"keys are exact", `Convert_Images = "true"`, config.PullOptions{}},
		{"unknown", `x = "true"`, config.PullOptions{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, spelling := range spellings(tc.in) {
				got, err := config.Parse(storage(spelling))
				if err != nil || !reflect.DeepEqual(*got, config.Options{Pull: tc.want}) {
					t.Errorf("Parse(%q) = %+v, %v, want %+v", spelling, got, err, tc.want)
				}
			}
		})
	}
}

// spellings returns the ways to write pull options. The argument is the inside of an inline table.
func spellings(inline string) []string {
	lines, quoted := "", false
	for _, r := range inline {
		if r == '"' {
			quoted = !quoted
		}
		if r == ',' && !quoted {
			lines += "\n"
			continue
		}
		lines += string(r)
	}
	return []string{
		"[storage.options]\npull_options = {" + inline + "}",
		"[storage]\noptions = {PULL_OPTIONS = {" + inline + "}}",
		"[storage.options.pull_options]\n" + lines,
	}
}

func TestVerityString(t *testing.T) {
	for v, want := range map[config.Verity]string{
		config.VerityTry: "try", config.VerityOff: "off", config.VerityRequire: "require", 3: "Verity(3)",
	} {
		if got := v.String(); got != want {
			t.Errorf("Verity(%d).String() = %q, want %q", uint8(v), got, want)
		}
	}
}
