//go:build linux

package oldkernel_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/driver/kernel/feature"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/oldkernel"
)

const probeVar = "OLDKERNEL_TEST_PROBE"

func TestMain(m *testing.M) {
	oldkernel.Enter()
	if dir := os.Getenv(probeVar); dir != "" {
		probe(dir)
		return
	}
	os.Exit(m.Run())
}

// probe prints the missing features.
func probe(dir string) {
	for _, f := range feature.All() {
		switch err := f.Check(dir); {
		case errors.Is(err, feature.ErrNotSupported):
			fmt.Println(f.Name)
		case err != nil:
			fmt.Println(err)
		}
	}
	_, files, detached := mount.Abilities()
	if !files {
		fmt.Println("open files")
	}
	if !detached {
		fmt.Println("detached mounts")
	}
}

// TestRefused has a program find out what each release has, and a child of it too.
func TestRefused(t *testing.T) {
	needs.Root(t)
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	run := func(command ...string) []string {
		t.Helper()
		cmd := exec.Command(command[0], command[1:]...)
		cmd.Env = append(os.Environ(), probeVar+"="+dir)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return strings.Split(strings.TrimSpace(string(out)), "\n")
	}
	here := run(self)
	for _, c := range []struct {
		release oldkernel.Release
		lacks   []string // that the one before does not
	}{
		{oldkernel.Linux6_15, []string{feature.PlainRedirect.Name}},
		{oldkernel.Linux6_12, []string{"open files", "detached mounts"}},
		{oldkernel.Linux6_11, []string{feature.FileErofs.Name, feature.FileErofsFlat.Name}},
		{oldkernel.Linux6_7, []string{feature.LayerByLayer.Name}},
		{oldkernel.Linux6_4, []string{feature.DataLayers.Name}},
		{oldkernel.Linux5_1, []string{feature.LoopErofs.Name, feature.IdmappedErofs.Name, feature.IdmappedDir.Name, feature.OverlayVerity.Name}},
	} {
		here = append(here, c.lacks...)
		slices.Sort(here)
		here = slices.Compact(here)
		k := oldkernel.New(t, c.release)
		for _, command := range [][]string{{self}, {"sh", "-c", `"$0"; true`, self}} {
			got := run(k.Command(command...)...)
			slices.Sort(got)
			if !slices.Equal(got, here) {
				t.Errorf("%v lacks %q, want %q", c.release, got, here)
			}
		}
	}
}
