package feature

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

// remember has answers kept in a new directory for the duration of the test.
func remember(t testing.TB) string {
	dir := filepath.Join(t.TempDir(), "run/features")
	SetCacheDir(dir)
	t.Cleanup(func() { SetCacheDir("") })
	return dir
}

// counted returns a feature as a new process has it, and how often it was tried.
func counted(answer error) (*Feature, *int) {
	n := new(int)
	return &Feature{Name: "a feature", Since: "6.99", probe: func(string) error { *n++; return answer }}, n
}

func TestKept(t *testing.T) {
	for _, tc := range []struct {
		name   string
		answer error
		kept   bool
	}{
		{"yes", nil, true},
		{"no", os.NewSyscallError("fsconfig", unix.ENOTBLK), true},
		{"no, in odd words", no("shows \"\n\x00\xff\""), true},
		{"no module", os.NewSyscallError("fsopen", unix.ENODEV), false},
		{"undecided", os.NewSyscallError("fsopen", unix.EPERM), false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			memory, dir := remember(t), t.TempDir()
			first, _ := counted(tc.answer)
			want := first.Check(dir)
			second, tried := counted(tc.answer)
			got := second.Check(dir)
			if text(got) != text(want) || errors.Is(got, ErrNotSupported) != errors.Is(want, ErrNotSupported) {
				t.Errorf("then %v, want %v", got, want)
			}
			files, _ := os.ReadDir(memory)
			if (*tried == 0) != tc.kept || (len(files) == 1) != tc.kept {
				t.Errorf("tried %d times, kept %v, want kept: %v", *tried, files, tc.kept)
			}
		})
	}
}

// TestOtherRecords has answers that are for something else: they are not used, and
// replaced.
func TestOtherRecords(t *testing.T) {
	memory, dir := remember(t), t.TempDir()
	f, _ := counted(nil)
	if err := f.Check(dir); err != nil {
		t.Fatal(err)
	}
	r, ok := f.record(dir)
	if !ok {
		t.Fatal("no place for a record")
	}
	if _, ok := r.read(); !ok || filepath.Dir(r.path) != memory {
		t.Fatalf("%s is not read", r.path)
	}
	whole, err := os.ReadFile(r.path)
	must(t, err)
	texts := map[string]string{
		"empty": "", "zeros": string(make([]byte, 100)), "large": string(whole) + strings.Repeat("x", maxRecord),
		"more": string(whole) + "yes\n", "no answer": r.header + "maybe\n", "no words": r.header + "no \n",
	}
	for i := range whole {
		texts[fmt.Sprintf("cut at %d", i)] = string(whole[:i])
		changed := []byte(string(whole))
		changed[i] ^= 1
		texts[fmt.Sprintf("changed at %d", i)] = string(changed)
	}
	for name, text := range texts {
		must(t, os.WriteFile(r.path, []byte(text), 0o600))
		checkReplaced(t, name, dir)
	}
	build, err := kernelBuild()
	must(t, err)
	real := kernelBuild
	defer func() { kernelBuild = real }()
	kernelBuild = func() (string, error) { return build + "1", nil }
	checkReplaced(t, "another kernel", dir)
	kernelBuild = real
	checkReplaced(t, "the kernel again", dir)
	f, tried := counted(nil)
	if f.Name = "another feature"; f.Check(dir) != nil || *tried != 1 {
		t.Error("another feature: not tried")
	}
	f, _ = counted(nil)
	if other, ok := f.record("/proc"); !ok || other.path == r.path || other.header == r.header {
		t.Errorf("another file system: kept in %q with %q", other.path, other.header)
	} else if _, ok := other.read(); ok {
		t.Error("another file system: has an answer")
	}
}

// checkReplaced checks that the record is not used, and is there again.
func checkReplaced(t *testing.T, name, dir string) {
	t.Helper()
	for _, want := range []int{1, 0} {
		f, tried := counted(nil)
		if err := f.Check(dir); err != nil || *tried != want {
			t.Errorf("%s: tried %d times, want %d; %v", name, *tried, want, err)
		}
	}
}

// TestUnwritable has places where nothing can be kept: answers are as without.
func TestUnwritable(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "file"), nil, 0o600))
	f, _ := counted(nil)
	for _, memory := range []string{"/proc", "/proc/none/x", filepath.Join(dir, "file"), filepath.Join(dir, "file/x"), filepath.Join(dir, "taken")} {
		SetCacheDir(memory)
		if r, ok := f.record(dir); ok && filepath.Base(memory) == "taken" {
			must(t, os.MkdirAll(filepath.Join(r.path, "by a directory"), 0o700))
		}
		for range 2 {
			f, tried := counted(nil)
			if err := f.Check(dir); err != nil || *tried != 1 {
				t.Errorf("%s: tried %d times, %v", memory, *tried, err)
			}
		}
	}
	SetCacheDir("")
	if left, _ := filepath.Glob(filepath.Join(dir, "*/.new-*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestAtOnce has many keep and use one answer.
func TestAtOnce(t *testing.T) {
	memory, dir := remember(t), t.TempDir()
	var wg sync.WaitGroup
	for range 50 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			f, _ := counted(unix.ENOTBLK)
			if err := f.Check(dir); text(err) != "a feature not supported (Linux 6.99 has it): block device required" {
				t.Errorf("got %v", err)
			}
		}()
	}
	wg.Wait()
	if files, err := os.ReadDir(memory); err != nil || len(files) != 1 {
		t.Errorf("kept %v, %v", files, err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
