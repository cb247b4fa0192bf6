package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/driver/kernel/mountinfo"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// TestFromCmdline exports an image, and mounts it as an initramfs does. This kernel may lack fs-verity.
func TestFromCmdline(t *testing.T) {
	needs.Root(t)
	newOCIStore(t, "")
	sysroot, root := t.TempDir(), t.TempDir()
	call(t, "export", "--no-oci", "--repo", filepath.Join(sysroot, "composefs"), "app")
	digest := strings.TrimSpace(call(t, "digest", "app"))
	mount := func(cmdline string) error {
		m := newMounter("mount.composefs", streams{})
		m.Cmdline = filepath.Join(sysroot, "cmdline")
		writeText(t, m.Cmdline, cmdline)
		return m.Run([]string{"--from-cmdline", sysroot, root})
	}
	if err := mount("composefs=" + strings.Repeat("0", 64)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("another digest: %v", err)
	}
	if err := mount("quiet composefs=?" + digest); err != nil {
		t.Fatal(err)
	}
	defer unix.Unmount(root, 0) //nolint:errcheck // the directory cannot be removed then
	all, err := mountinfo.Self()
	i := slices.IndexFunc(all, func(m mountinfo.Mount) bool { return m.Point == root })
	if err != nil || i < 0 || all[i].Source != "composefs="+digest {
		t.Errorf("mount %d of %+v, %v", i, all, err)
	}
	if content, err := os.ReadFile(filepath.Join(root, "usr/f")); err != nil || string(content) != strings.Repeat("f", 5000) {
		t.Errorf("%d bytes, %v", len(content), err)
	}
}
