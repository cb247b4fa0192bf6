package config_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"github.com/composefs-storage/composefs-storage/config"
)

// FuzzParse checks that any text gives options or an error, and the same ones again. Accepted
// options that are written down and parsed again must be the same.
func FuzzParse(f *testing.F) {
	f.Add("[storage]\ndriver = 'overlay'\ngraphroot = '/g'", "", "verity = 'require'", "use_composefs=true,imagestore=/a")
	f.Add("[storage.options]\npull_options = {convert_images = 'true', ostree_repos = '/a:/b'}", "[storage.options.pull_options]\nconvert_images = ''", "", "")
	f.Add("[storage]\ndriver = 'overlay'\n[storage.options]\nadditionalimagestores = ['/a', '/b']\n[storage.options.overlay]\nuse_composefs = '1'",
		"[storage.options]\nadditionalimagestores = ['/c', {append = true}]\nforce_mask = 0o700", "x = 1", "-")
	f.Add("[storage.options]\nsize = '1G'\n[storage.options.overlay]\nsync = 'filesystem'", "[storage.options.overlay]\nsize = '0'", "", "-")
	f.Add("", "", "digests_dir = '/a'\nexpected = 'all'", "")
	f.Add("", "", "object_repos = ['/a', '/b/../c']", "")
	f.Add("", "#", "", "vfs.sync=none,.sync=filesystem")
	f.Add("[Storage]\nDriver = 1979-05-27\n[[a]]\nb = 0x1_f", "[storage", "verity = true", "a")
	f.Fuzz(func(t *testing.T, storage, dropIn, composefs, opts string) {
		s := config.Sources{
			Storage:   []config.Text{{Name: "storage.conf", Data: []byte(storage)}},
			Composefs: []config.Text{{Name: "composefs.conf", Data: []byte(composefs)}},
		}
		if dropIn != "" {
			s.Rules = config.DropIns
			s.Storage = append(s.Storage, config.Text{Name: "drop-in.conf", Data: []byte(dropIn)})
			s.Composefs = append(s.Composefs, s.Composefs[0])
		}
		if opts != "-" { // the file's own driver options
			s.StorageOpts = &opts
		}
		o, err := config.Parse(s)
		again, errAgain := config.Parse(s)
		if !reflect.DeepEqual(o, again) || message(err) != message(errAgain) {
			t.Fatalf("Parse = %+v, %v, and then %+v, %v", o, err, again, errAgain)
		}
		if (o == nil) == (err == nil) {
			t.Fatalf("Parse = %v, %v", o, err)
		}
		if err != nil {
			return
		}
		o.Incompatible, o.MustExist, o.Quota = nil, nil, false // write leaves them out
		written := write(t, o)
		written.Rules = s.Rules
		if got, err := config.Parse(written); err != nil || !reflect.DeepEqual(got, o) {
			t.Errorf("Parse = %+v, written down and parsed %+v, %v", o, got, err)
		}
	})
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// write returns sources for the given options. Driver options go into a list, because they need not
// be UTF-8.
func write(t *testing.T, o *config.Options) config.Sources {
	yes := map[bool]string{false: "false", true: "true"}
	pull := map[string]string{
		"enable_partial_images": yes[o.Pull.EnablePartialImages],
		"use_hard_links":        yes[o.Pull.UseHardLinks],
		"ostree_repos":          strings.Join(o.Pull.OSTreeRepos, ":"),

		"insecure_allow_unpredictable_image_contents": yes[o.Pull.InsecureAllowUnpredictableImageContents],
	}
	if o.Pull.ConvertImages != config.Unset {
		pull["convert_images"] = o.Pull.ConvertImages.String()
	}
	var conf bytes.Buffer
	if err := toml.NewEncoder(&conf).Encode(map[string]any{"storage": map[string]any{
		"driver": o.Driver, "graphroot": o.GraphRoot, "runroot": o.RunRoot, "imagestore": o.ImageStore,
		"options": map[string]any{"pull_options": pull},
	}}); err != nil {
		t.Fatal(err)
	}
	own := map[string]any{"verity": o.Verity.String(), "expected": o.Expected.String()}
	if len(o.ObjectRepos) > 0 {
		own["object_repos"] = o.ObjectRepos
	}
	if o.Digests.Named {
		own["digests_dir"] = o.Digests.Dirs[0]
	}
	var composefs bytes.Buffer
	if err := toml.NewEncoder(&composefs).Encode(own); err != nil {
		t.Fatal(err)
	}
	s := config.Sources{
		Storage:       []config.Text{{Data: conf.Bytes()}},
		Composefs:     []config.Text{{Data: composefs.Bytes()}},
		DriverOptions: []string{},
	}
	if o.UseComposefs != config.Unset {
		s.DriverOptions = append(s.DriverOptions, "use_composefs="+o.UseComposefs.String())
	}
	for _, store := range o.AdditionalImageStores {
		s.DriverOptions = append(s.DriverOptions, "imagestore="+store+"/.") // blanks at the end are cut
	}
	return s
}
