package storageconf_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/containers/storage/types"

	"github.com/composefs-storage/composefs-storage/config"
)

// diff returns how options differ from those that containers/storage has loaded, empty
// if not at all. Upstream leaves driver options to the driver, so TestDriverOptions
// judges their meaning; here they only have to be the same.
func diff(up *types.StoreOptions, o *config.Options) string {
	var diffs []string
	check := func(name string, got, want any) {
		if !reflect.DeepEqual(got, want) {
			diffs = append(diffs, fmt.Sprintf("%s is %#v, upstream has %#v", name, got, want))
		}
	}
	check("driver", o.Driver, up.GraphDriverName)
	check("graphroot", o.GraphRoot, up.GraphRoot)
	check("runroot", o.RunRoot, up.RunRoot)
	check("imagestore", o.ImageStore, up.ImageStore)
	check("pull options", o.Pull, pullOptions(up.PullOptions))
	list := append([]string{}, up.GraphDriverOptions...)
	d, err := config.Parse(config.Sources{Rules: config.Upstream, Driver: up.GraphDriverName, DriverOptions: list})
	if err != nil {
		return strings.Join(append(diffs, fmt.Sprintf("upstream's driver options: %v", err)), "\n")
	}
	check("use_composefs", o.UseComposefs, d.UseComposefs)
	check("image stores", o.AdditionalImageStores, d.AdditionalImageStores)
	check("incompatible", slices.Sorted(slices.Values(o.Incompatible)), slices.Sorted(slices.Values(d.Incompatible)))
	check("paths", slices.Sorted(slices.Values(o.MustExist)), slices.Sorted(slices.Values(d.MustExist)))
	check("quota", o.Quota, d.Quota)
	return strings.Join(diffs, "\n")
}

// pullOptions is parsePullOptions in pkg/chunked/storage_linux.go, which cannot be
// asked: the package wants the headers of btrfs.
func pullOptions(m map[string]string) config.PullOptions {
	on := func(key string) bool { return strings.ToLower(m[key]) == "true" }
	p := config.PullOptions{
		EnablePartialImages: on("enable_partial_images"),
		UseHardLinks:        on("use_hard_links"),

		InsecureAllowUnpredictableImageContents: on("insecure_allow_unpredictable_image_contents"),
	}
	switch {
	case on("convert_images"):
		p.ConvertImages = config.On
	case m["convert_images"] != "": // upstream does not distinguish these
		p.ConvertImages = config.Off
	}
	for _, repo := range strings.Split(m["ostree_repos"], ":") {
		if repo != "" {
			p.OSTreeRepos = append(p.OSTreeRepos, repo)
		}
	}
	return p
}

// TestDiff changes one thing at a time, so that each is seen to be compared.
func TestDiff(t *testing.T) {
	for name, change := range map[string]func(*config.Options){
		"driver":        func(o *config.Options) { o.Driver = "" },
		"graphroot":     func(o *config.Options) { o.GraphRoot = "/x" },
		"runroot":       func(o *config.Options) { o.RunRoot = "/x" },
		"imagestore":    func(o *config.Options) { o.ImageStore = "/x" },
		"use_composefs": func(o *config.Options) { o.UseComposefs = config.Unset },
		"image stores":  func(o *config.Options) { o.AdditionalImageStores = nil },
		"pull options":  func(o *config.Options) { o.Pull.ConvertImages = config.Unset },
		"incompatible":  func(o *config.Options) { o.Incompatible = []string{"force_mask"} },
		"paths":         func(o *config.Options) { o.MustExist = []string{"/x"} },
		"quota":         func(o *config.Options) { o.Quota = true },
	} {
		up := types.StoreOptions{
			GraphDriverName: "overlay", GraphRoot: "/g", RunRoot: "/r", ImageStore: "/i",
			GraphDriverOptions: []string{"overlay.imagestore=/s", "overlay.use_composefs=true"},
			PullOptions:        map[string]string{"convert_images": "true"},
		}
		o := config.Options{
			Driver: "overlay", GraphRoot: "/g", RunRoot: "/r", ImageStore: "/i", UseComposefs: config.On,
			AdditionalImageStores: []string{"/s"}, Pull: config.PullOptions{ConvertImages: config.On},
		}
		if d := diff(&up, &o); d != "" {
			t.Errorf("diff of equal options: %s", d)
		}
		change(&o)
		if d := diff(&up, &o); !strings.HasPrefix(d, name+" is") {
			t.Errorf("diff with another %s: %q", name, d)
		}
	}
}
