package main

import (
	"testing"

	"github.com/composefs-storage/composefs-storage/config"
)

// TestDidYouMean has keys and tables that users misspell, or make up.
func TestDidYouMean(t *testing.T) {
	for text, want := range map[string]string{
		"[storage.options.overlay]\nuse_composef = 'true'":               "; did you mean use_composefs?",
		"[storage.options]\nuse_composef = 'true'":                       "; did you mean use_composefs in [storage.options.overlay]?",
		"[storage.options.pull_options]\nconvert_image = 'true'":         "; did you mean convert_images?",
		"[storage.options.pull_options]\nConvert_Images = 'true'":        "; did you mean convert_images?",
		"[storage.options.overlay]\nenable_partial_image = 'true'":       "; did you mean enable_partial_images in [storage.options.pull_options]?",
		"[storage.options]\nverify = 'require'":                          "; did you mean verity in composefs.conf?",
		"[storage]\ngraph_root = '/g'":                                   "; did you mean graphroot?",
		"[storage.options]\nadditionalimagestore = ['/a']":               "; did you mean additionalimagestores?",
		"[storage.options.overlay]\nmountopts = 'nodev'":                 "; did you mean mountopt?",
		"[storage.overlay]":                                              "; did you mean [storage.options.overlay]?",
		"[storage.option.overlay]":                                       "; did you mean [storage.options]?",
		"[storage.options.pull_option]":                                  "; did you mean [storage.options.pull_options]?",
		"[storages]":                                                     "; did you mean [storage]?",
		"[storage.options.overlay]\nuse_podman_magic = 'true'":           "",
		"[storage.options.overlay]\nx = ''":                              "",
		"[storage.options.elsewhere]\nsomething = ''":                    "",
		"[storage.options.overlay]\nconvert_images = 'true'":             "", // its table is named already
		"[storage.options.overlay]\nuse_composef = ''\nunrelated = ''\n": "; did you mean use_composefs?",
	} {
		keys := config.Ignored(config.Sources{Storage: []config.Text{{Name: "storage.conf", Data: []byte(text)}}})
		if len(keys) == 0 {
			t.Errorf("no key is ignored: %s", text)
			continue
		}
		if got := didYouMean(keys[0]); got != want {
			t.Errorf("%v%s\nwant %q: %s", keys[0], got, want, text)
		}
	}
}
