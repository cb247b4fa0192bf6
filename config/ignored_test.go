package config_test

import (
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/config"
)

// TestIgnored has keys without effect in all spellings of TOML.
func TestIgnored(t *testing.T) {
	const (
		unknown   = ": unknown key storage.options.overlay.use_composef, which has no effect"
		oldPlace  = ": use_composefs is set in [storage.options], where it has no effect: set it in [storage.options.overlay]"
		pullPlace = ": convert_images is set in [storage.options.overlay], where it has no effect: set it in [storage.options.pull_options]"
	)
	for _, tc := range []struct {
		name, text string
		want       []string // each after the file's name and a colon
	}{
		{"none", "[storage]\ndriver = 'overlay'\n[storage.options.overlay]\nuse_composefs = 'true'", nil},
		{"none, in capitals", "[Storage]\nDRIVER = 'overlay'\n[Storage.Options.Overlay]\nUse_Composefs = 'true'", nil},
		{"table", "# a comment\n[storage.options.overlay]\n\nuse_composef = 'true'", []string{"4" + unknown}},
		{"dotted", "[storage]\nx.y = ''\noptions.overlay.use_composef = 'true'", []string{"2: unknown key storage.x, which has no effect", "3" + unknown}},
		{"all dotted", "\nstorage.options.overlay.use_composef = 'true'", []string{"2" + unknown}},
		{"inline", "[storage.options]\n\noverlay = {mountopt = '', use_composef = 'true'}", []string{"3" + unknown}},
		{"inline, dotted", "[storage]\noptions = {overlay.use_composef = 'true'}", []string{"2" + unknown}},
		{"quoted", "[\"storage\".'options'.overlay]\n\"use_composef\" = 'true'", []string{"2" + unknown}},
		{"quoted with a dot", "[storage]\n'options.overlay' = 'x'", []string{"2: unknown key storage.options.overlay, which has no effect"}},
		{"in a comment and a text too", "#[storage.options.overlay]\n#use_composef = 'true'\n[storage]\ngraphroot = '''\nuse_composef = 1'''\n[storage.options.overlay]\nuse_composef = 'x'", []string{"7" + unknown}},
		{"after windows lines", "[storage.options.overlay]\r\n\r\nuse_composef = 'true'\r\n", []string{"3" + unknown}},
		{"old place", "[storage]\ndriver = 'overlay'\n[storage.options]\nuse_composefs = 'true'", []string{"4" + oldPlace}},
		{"old place, inline", "[storage]\n\noptions = {use_composefs = 'true'}", []string{"3" + oldPlace}},
		{"pull option in overlay", "[storage.options.overlay]\nconvert_images = 'true'", []string{"2" + pullPlace}},
		{"pull options mind their case", "[storage.options.pull_options]\nConvert_images = 'true'",
			[]string{"2: unknown key storage.options.pull_options.Convert_images, which has no effect"}},
		{"pull option unknown", "[storage.options]\npull_options = {convert_image = 'true'}",
			[]string{"2: unknown key storage.options.pull_options.convert_image, which has no effect"}},
		{"no table", "driver = 'overlay'", []string{"1: driver is set outside of tables, where it has no effect: set it in [storage]"}},
		{"table unknown", "[storage]\ndriver = 'overlay'\n[storage.overlay]\nuse_composefs = 'true'\nmountopt = ''", []string{
			"3: unknown key storage.overlay, which has no effect",
			"4: use_composefs is set in [storage.overlay], where it has no effect: set it in [storage.options.overlay]",
		}},
		{"table without a head", "\n[storage.option.overlay]\nsize = ''", []string{"2: unknown key storage.option, which has no effect"}},
		{"list of tables", "[storage]\n[[storage.x]]\ny = 1", []string{"2: unknown key storage.x, which has no effect"}},
		{"other file", "[storage.options]\nverity = 'require'", []string{"2: verity is set in [storage.options], where it has no effect: set it in composefs.conf"}},
		{"in order", "[storage]\nz = 1\na = 1", []string{"2: unknown key storage.z, which has no effect", "3: unknown key storage.a, which has no effect"}},
		{"not TOML", "[storage", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got, want []string
			for _, k := range config.Ignored(storage(tc.text)) {
				got = append(got, k.String())
			}
			for _, w := range tc.want {
				want = append(want, confName+":"+w)
			}
			if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
				t.Errorf("got:\n%s\nwant:\n%s", g, w)
			}
		})
	}
	if got := config.Ignored(config.Sources{}); got != nil {
		t.Errorf("without a file: %v", got)
	}
}

// TestLines has invalid values in all spellings of TOML.
func TestLines(t *testing.T) {
	for _, tc := range []struct {
		in   config.Sources
		line string
	}{
		{storage("[storage]\n\ndriver = 'overlay'\noptions.overlay.use_composefs = true"), "4"},
		{storage("storage = {options = {overlay = {use_composefs = true}}}"), "1"},
		{storage("[storage]\n[storage.options]\n'overlay' = { \"use_composefs\" = true }"), "3"},
		{storage("[storage]\ndriver = 'overlay'\n[storage.options.overlay]\nUse_Composefs = 'yes'"), "4"},
		{storage("[storage]\ndriver = 'overlay'\n[storage.options]\nadditionalimagestores = [\n'a',\n]"), "4"},
		{storage("[storage.options.pull_options]\n\n\nconvert_images = true"), "4"},
		{storage("\n[[storage]]"), "2"},
		{storage("[storage]\ndriver = 'a'\nDriver = 'b'"), "2"},
		{composefs("# x\n\nverify = 'require'"), "3"},
		{composefs("verity = 'try'\nexpected = 1"), "2"},
	} {
		_, err := config.Parse(tc.in)
		if err == nil || !strings.Contains(err.Error(), ".conf:"+tc.line+": ") {
			t.Errorf("%v, want line %s", err, tc.line)
		}
	}
}
