package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/driver/kernel/mountinfo"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

func TestParseCmdline(t *testing.T) {
	a, b := strings.Repeat("a", 64), strings.Repeat("b", 64)
	for text, want := range map[string]bootImage{
		"quiet composefs=" + a + " ro\n":                                    {digest: [32]byte([]byte(strings.Repeat("\xaa", 32)))},
		"composefs=?" + a:                                                   {digest: [32]byte([]byte(strings.Repeat("\xaa", 32))), optional: true},
		"composefs.digest=v1-sha256-12:" + a:                                {digest: [32]byte([]byte(strings.Repeat("\xaa", 32)))},
		"composefs=" + a + " composefs.digest=v1-sha256-12:" + a:            {digest: [32]byte([]byte(strings.Repeat("\xaa", 32)))},
		"composefs.other=1 nocomposefs=" + b + " composefs=" + a + " x=y=z": {digest: [32]byte([]byte(strings.Repeat("\xaa", 32)))},
	} {
		if got, err := parseCmdline(text); err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		"quiet":                                "neither composefs= nor composefs.digest= names an image",
		"composefs":                            "kernel command line: composefs: ",
		"composefs=" + a + " composefs=" + b:   "composefs=" + b + ": another one before it names another image",
		"composefs=" + a + a:                   "the digest is by sha512",
		"composefs.digest=" + a:                "the format must be v1-sha256-12:DIGEST",
		"composefs.digest=v2-sha256-12:" + a:   "the format must be v1-sha256-12:DIGEST",
		"composefs=" + strings.Repeat("x", 64): "kernel command line: composefs=x",
	} {
		if _, err := parseCmdline(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// TestFromCmdline exports an image, and mounts it as an initramfs does. This kernel may lack fs-verity.
func TestFromCmdline(t *testing.T) {
	needs.Root(t)
	newOCIStore(t, "")
	sysroot, root := t.TempDir(), t.TempDir()
	call(t, "export", "--no-oci", "--repo", filepath.Join(sysroot, "composefs"), "app")
	digest := strings.TrimSpace(call(t, "digest", "app"))
	t.Cleanup(func() { kernelCommandLine = "/proc/cmdline" })
	kernelCommandLine = filepath.Join(sysroot, "cmdline")
	mount := func(cmdline string) (code int, complaints string) {
		writeText(t, kernelCommandLine, cmdline)
		var out, errs bytes.Buffer
		code = mountHelper([]string{"--from-cmdline", sysroot, root}, streams{nil, &out, &errs})
		return code, errs.String()
	}
	if code, complaints := mount("composefs=" + strings.Repeat("0", 64)); code != mountExitFailed || !strings.Contains(complaints, "no such file") {
		t.Errorf("another digest: %d, %s", code, complaints)
	}
	if code, complaints := mount("quiet composefs=?" + digest); code != exitOK {
		t.Fatalf("%d, %s", code, complaints)
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
