//go:build linux

package e2e_test

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/mounted"
	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestProgramsOnOneDevice has programs that stay on one device, or recognise directories by their
// inode numbers, work in a container that has files of all kinds.
func TestProgramsOnOneDevice(t *testing.T) {
	both(t, func(t *testing.T, p *podman.Podman) {
		ref := pull(t, p, fileLayers()...)
		p.Run("run", "--name", "box", ref, "sh", "-c", "echo new >/d/made; chmod 600 /d/1; rm /d/2; echo again >/d/2; ln /d/3 /d/hard; mkdir /d/dir")
		if err := p.Store.Settle(); err != nil {
			t.Fatal(err)
		}
		dir := p.Run("mount", "box")
		checkDu(t, dir, "du")
		checkDu(t, dir, needs.Program(t, "busybox", "busybox-static"), "du")
		checkDu(t, dir, nftw(t))
		checkUntar(t, dir)
	})
}

// nftw compiles a program that prints all names that nftw(3) with FTW_MOUNT visits, in the form of du.
func nftw(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "nftw")
	cmd := exec.Command(needs.Program(t, "cc", "gcc"), "-x", "c", "-o", program, "-")
	cmd.Stdin = strings.NewReader(`#define _XOPEN_SOURCE 700
		#include <ftw.h>
		#include <stdio.h>
		static int show(const char *path, const struct stat *st, int type, struct FTW *at)
		{
			return printf("0\t%s\n", path) < 0;
		}
		int main(int argc, char **argv) { return nftw(argv[argc - 1], show, 16, FTW_PHYS | FTW_MOUNT); }
	`)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return program
}

// checkDu checks that du -x counts all names of a directory. restic backup -x compares devices as it
// does.
func checkDu(t *testing.T, dir string, program ...string) {
	t.Helper()
	numbers, err := mounted.ReadNumbers(dir)
	if err != nil {
		t.Error(err)
	}
	args := append(program, "-xal", dir)
	out, err := exec.Command(args[0], args[1:]...).CombinedOutput()
	if err != nil {
		t.Fatalf("%q: %v: %s", args, err, out)
	}
	var want, got []string
	for path := range numbers {
		want = append(want, filepath.Join(dir, path))
	}
	for line := range strings.Lines(string(out)) {
		_, path, _ := strings.Cut(strings.TrimSpace(line), "\t")
		got = append(got, path)
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("%q counts %d names, there are %d", args, len(got), len(want))
	}
}

// checkUntar unpacks an archive with symlinks to absolute paths, for which tar makes files at
// first, and makes the kernel drop dentries before tar ends. tar then finds the directories again by their
// inode numbers.
func checkUntar(t *testing.T, dir string) {
	t.Helper()
	cmd := exec.Command("tar", "-x", "-C", filepath.Join(dir, "d"))
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w := tar.NewWriter(in)
	for i := range 10 {
		err = errors.Join(err,
			w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: fmt.Sprint("t/", i, "/"), Mode: 0o755}),
			w.WriteHeader(&tar.Header{Typeflag: tar.TypeSymlink, Name: fmt.Sprint("t/", i, "/link"), Linkname: "/d/1"}))
	}
	const size = 1 << 20 // more than the pipe and tar hold, so that tar has made what comes before
	err = errors.Join(err, w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "t/big", Mode: 0o644, Size: size}))
	_, copied := io.CopyN(w, zeros{}, size)
	err = errors.Join(err, copied, mounted.DropDentries(dir), w.Close(), in.Close(), cmd.Wait())
	if err != nil {
		t.Errorf("tar: %v: %s", err, said.String())
	}
	if to, err := os.Readlink(filepath.Join(dir, "d/t/9/link")); to != "/d/1" {
		t.Errorf("unpacked symlink: %q, %v", to, err)
	}
}

// zeros is as many zeros as are read.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// nested mounts an overlay on a directory of the container's root, and shows its type.
const nested = `set -e
busybox mount -t tmpfs none /tmp; mkdir /tmp/u /tmp/w /tmp/at
busybox mount -t overlay none /tmp/at -o lowerdir=/d,upperdir=/tmp/u,workdir=/tmp/w$1
cd /tmp/at; ln 5 hard; echo changed >>5; test $(stat -c %d:%i 5) = $(stat -c %d:%i hard) && echo linked
chmod 600 6; rm 7; mv 4 moved; cat hard 6 moved; ls; find . -xdev -type f | busybox wc -l
cd /; busybox umount /tmp/at`

// TestNestedOverlay has a container mount an overlay on its own root, as container engines in
// containers do.
func TestNestedOverlay(t *testing.T) {
	likePlain(t, func(t *testing.T, p *podman.Podman) (all string) {
		ref := pull(t, p, fileLayers()...)
		for _, options := range []string{"", ",xino=on", ",xino=auto", ",redirect_dir=on,index=on"} {
			all += options + ":\n" + p.Run("run", "--rm", "--privileged", ref, "sh", "-c", nested, "sh", options) + "\n"
		}
		return all
	})
}
