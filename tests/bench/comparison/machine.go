package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/driver/pull/decompress"
)

// describe describes the machine.
func (l *lab) describe(ctx context.Context) error {
	var u unix.Utsname
	var info unix.Sysinfo_t
	if err := unix.Uname(&u); err != nil {
		return err
	}
	if err := unix.Sysinfo(&info); err != nil {
		return err
	}
	add := l.results.Describe
	add("processor", fmt.Sprintf("%d × %s", runtime.NumCPU(), field("/proc/cpuinfo", "model name")))
	add("memory", fmt.Sprintf("%.0f GB", float64(info.Totalram)*float64(info.Unit)/1e9))
	add("kernel", unix.ByteSliceToString(u.Sysname[:])+" "+unix.ByteSliceToString(u.Release[:])+" "+unix.ByteSliceToString(u.Machine[:]))
	disk, err := exec.CommandContext(ctx, "findmnt", "-no", "FSTYPE,SOURCE,OPTIONS", "-T", l.cache).Output()
	if err != nil {
		return fmt.Errorf("findmnt: %w", err)
	}
	where := strings.Join(strings.Fields(string(disk)), " ")
	if l.loop {
		where = "fresh ext4 in a file, past the page cache, on " + where
	}
	add("disk", where)
	programs := [][]string{{filepath.Join(l.project, "bin/podman"), "--version"}, {"runc", "--version"}, {"conmon", "--version"}, {l.program, "--version"}, {"go", "version"}}
	if l.peer != "" {
		for _, name := range []string{"containerd", "mkfs.erofs", "igzip"} {
			programs = append(programs, []string{filepath.Join(l.peer, name), "--version"})
		}
	}
	for _, c := range programs {
		out, err := exec.CommandContext(ctx, c[0], c[1:]...).Output()
		if err != nil {
			return fmt.Errorf("%s: %w", c[0], err)
		}
		line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
		add(filepath.Base(c[0]), strings.TrimPrefix(line, l.program+" "))
	}
	forGzip, _ := decompress.Auto.Libraries()
	add("the floor's decompressor of gzip", forGzip)
	for _, p := range []string{"pigz", "zstd"} { // containers/storage calls them if they are there
		there := "there"
		if _, err := exec.LookPath(p); err != nil {
			there = "not there"
		}
		add("external "+p, there)
	}
	return nil
}

// field returns the first value of a name in a file of lines "name : value".
func field(path, name string) string {
	text, _ := os.ReadFile(path) // what cannot be read is not known
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}
