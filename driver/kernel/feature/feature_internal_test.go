package feature

import (
	"errors"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestOutcomes has a probe that fails in each way.
func TestOutcomes(t *testing.T) {
	for _, tc := range []struct {
		name    string
		err     error
		decided bool
		want    string
	}{
		{"yes", nil, true, ""},
		{"no", os.NewSyscallError("fsopen", unix.ENODEV), true, "X not supported (Linux 6.99 has it): fsopen: no such device"},
		{"no, by the probe", no("shows nothing"), true, "X not supported (Linux 6.99 has it): shows nothing"},
		{"no rights", os.NewSyscallError("fsopen", unix.EPERM), false, "probe X: fsopen: operation not permitted"},
		{"no space", unix.ENOSPC, false, "probe X: no space left on device"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			calls, in := 0, ""
			f := &Feature{Name: "X", Since: "6.99", probe: func(dir string) error {
				calls, in = calls+1, dir
				if err := os.WriteFile(dir+"/file", nil, 0o600); err != nil {
					t.Fatal(err)
				}
				return tc.err
			}}
			dir := t.TempDir()
			err := f.Check(dir)
			if again := f.Check(dir); (again == nil) != (err == nil) || (calls == 1) != tc.decided {
				t.Errorf("%d calls, then %v", calls, again)
			}
			if got := text(err); got != tc.want || errors.Is(err, ErrNotSupported) != (tc.decided && tc.err != nil) || !errors.Is(err, tc.err) {
				t.Errorf("got %q, want %q", got, tc.want)
			}
			if _, err := os.Stat(in); !strings.HasPrefix(in, dir) || !errors.Is(err, os.ErrNotExist) {
				t.Errorf("%s: %v", in, err)
			}
		})
	}
}

// TestNoProbePaths has a probe fail on files in its directory, whose name is random, and one
// that gets no directory: users read neither.
func TestNoProbePaths(t *testing.T) {
	f := &Feature{Name: "X", probe: func(dir string) error {
		return errors.Join(&os.PathError{Op: "open", Path: dir + "/image", Err: unix.ENODEV}, &os.PathError{Op: "open", Path: dir, Err: unix.ENODEV})
	}}
	if got, want := text(f.Check(t.TempDir())), "X not supported: open image: no such device\nopen the probe's directory: no such device"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := text(f.Check("/proc")), "probe X in /proc: no such file or directory"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestReleaseBefore(t *testing.T) {
	for release, want := range map[string]bool{
		"6.12.57+deb13-amd64": true, "5.10.0": true, "6.15.9": true, "6.16.0": false, "6.18.44-fc-v657": false, "7.0.1": false, "6.16-rc1": false, "odd": true,
	} {
		if got := releaseBefore(release, 6, 16); got != want {
			t.Errorf("%s is before 6.16: %t, want %t", release, got, want)
		}
	}
}
