//go:build linux

package storageconf_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/drivers/overlay"

	"github.com/composefs-storage/composefs-storage/config"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// TestDriverOptions asks the overlay driver for the meaning of its options. It gets a
// mount program, so that it mounts nothing. There is no mkcomposefs in PATH, about
// which the driver complains if use_composefs is on.
func TestDriverOptions(t *testing.T) {
	needs.Root(t)
	t.Setenv("PATH", "")
	dir := t.TempDir()
	for _, name := range []string{"a", "b", "b "} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	seen := make(map[string]int)
	try := func(options ...string) {
		t.Helper()
		for i, o := range options {
			options[i] = strings.ReplaceAll(o, "DIR", dir)
		}
		up := askDriver(t, options)
		o, err := config.Parse(config.Sources{Rules: config.Upstream, Driver: "overlay", DriverOptions: options})
		got := answer{refused: err != nil}
		if err == nil {
			got.composefs = o.UseComposefs == config.On
			if !got.composefs { // else the driver does not return its stores
				got.stores = o.AdditionalImageStores
			}
		}
		if !reflect.DeepEqual(got, up) {
			t.Errorf("%q mean %+v, %v; the driver says %+v", options, got, err, up)
		}
		switch {
		case up.refused:
			seen["refused"]++
		case up.composefs:
			seen["composefs"]++
		default:
			seen["plain"]++
		}
	}
	for _, value := range []string{
		"true", "True", "TRUE", "tRUE", "t", "T", "1", "false", "False", "FALSE", "f", "F", "0",
		"", "yes", "on", "2", " true ", "true=", "\ttrue\n",
	} {
		try("overlay.use_composefs=" + value)
	}
	for _, key := range []string{
		"use_composefs", ".use_composefs", "overlay.use_composefs", "overlay2.use_composefs", "OVERLAY.Use_Composefs",
		"overlay.overlay2..use_composefs", " use_composefs ", "vfs.use_composefs", "zfs.x", "btrfs.", "aufs.use_composefs", "..use_composefs", "overlay.", ".",
	} {
		try(key + "=true")
	}
	try("use_composefs=true", "use_composefs=false")
	try("use_composefs=false", "use_composefs=true")
	try("use_composefs=no", "use_composefs=true")
	try("use_composefs")
	for _, stores := range []string{
		"", "DIR/a", "DIR/a/../b/", "DIR/a,DIR/b", "a", "DIR/a,b", "DIR/a,", " DIR/a ", "DIR/b ,DIR/a", "DIR/a, DIR/b",
	} {
		try("overlay.imagestore=" + stores)
		try("additionalimagestore=" + stores)
	}
	try(".imagestore=DIR/a", "imagestore=DIR/b")
	for _, store := range []string{"", "DIR/a", "DIR/a:ref", "DIR/a:", "DIR/a:x", "DIR/a:ref:ref", "a"} {
		try("additionallayerstore=" + store)
	}
	for _, value := range []string{
		"", "true", "1", "x", "10", "-1", "10G", "10 G", "10Gi", "10GiB", "1.5g", "1.g", "10 B", "10b", "10GG", "G", "1,5G", "1 000",
		"shared", "private", "none", "Filesystem", "0700", "0855", "77777777777", "18446744073709551615", "18446744073709551616", "a=b",
	} {
		for _, key := range []string{"size", "inodes", "skip_mount_home", "ignore_chown_errors", "force_mask", "mountopt", "override_kernel_check", "sync", "use_composef"} {
			try("overlay." + key + "=" + value)
		}
	}
	if len(seen) != 3 {
		t.Errorf("the driver's answers were %v: one kind is missing", seen)
	}
}

// answer is what can be seen of the meaning of driver options.
type answer struct {
	refused, composefs bool
	stores             []string
}

func askDriver(t *testing.T, options []string) answer {
	t.Helper()
	dir := t.TempDir()
	all := append([]string{"overlay.mount_program=/proc/self/exe", "overlay.skip_mount_home=true"}, options...)
	d, err := overlay.Init(filepath.Join(dir, "overlay"), graphdriver.Options{
		Root: dir, RunRoot: filepath.Join(dir, "run"), DriverOptions: all,
	})
	switch {
	case err == nil:
		return answer{stores: d.AdditionalImageStores()}
	case strings.Contains(err.Error(), "composefs helper program not found"):
		return answer{composefs: true}
	case strings.Contains(strings.ToLower(err.Error()), "overlay.size and overlay.inodes"): // for few file systems: the value is right
		return answer{}
	}
	return answer{refused: true}
}
