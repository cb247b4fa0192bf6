package feature

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/driver/kernel/mount/mounttest"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

const workerVar = "COMPOSEFS_TEST_FEATURE_WORKER"

// TestMain is a process that checks all features if the environment has workerVar.
func TestMain(m *testing.M) {
	if memory := os.Getenv(workerVar); memory != "" {
		work(memory, os.Args[1])
		return
	}
	os.Exit(m.Run())
}

// work prints the results of the checks, and the names of the features that were probed.
func work(memory, dir string) {
	SetCacheDir(memory)
	var tried []string
	for _, f := range All() {
		probe := f.probe
		f.probe = func(dir string) error {
			tried = append(tried, f.Name)
			return probe(dir)
		}
		if err := f.Check(dir); !f.cheap { // or it has the name of a temporary file
			fmt.Printf("%s: %v\n", f.Name, err)
		}
	}
	fmt.Printf("tried %q\n", tried)
}

// TestProcesses has a second process try nothing that costs a mount.
func TestProcesses(t *testing.T) {
	needs.Root(t)
	dir, memory := mounttest.Scratch(t), filepath.Join(t.TempDir(), "features")
	run := func() (answers, tried string) {
		cmd := exec.Command("/proc/self/exe", dir)
		cmd.Env = append(os.Environ(), workerVar+"="+memory)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		answers, tried, _ = strings.Cut(string(out), "tried ")
		return answers, strings.TrimSpace(tried)
	}
	var names []string
	for _, f := range All() {
		names = append(names, f.Name)
	}
	first, tried := run()
	if want := fmt.Sprintf("%q", names); tried != want {
		t.Errorf("the first process tried %s, want %s", tried, want)
	}
	second, tried := run()
	if want := fmt.Sprintf("%q", []string{Verity.Name}); tried != want {
		t.Errorf("the second process tried %s, want %s", tried, want)
	}
	if first != second {
		t.Errorf("answers\n%s, then\n%s", first, second)
	}
}

// BenchmarkCheck runs the checks of a driver before its first mount, in a new process.
func BenchmarkCheck(b *testing.B) {
	needs.Root(b)
	features := []*Feature{FileErofsFlat, DataLayers, PlainRedirect}
	for _, name := range []string{"tried", "kept"} {
		b.Run(name, func(b *testing.B) {
			if name == "kept" {
				remember(b)
			}
			dir := b.TempDir()
			for b.Loop() {
				for _, f := range features {
					f.decided = nil
				}
				Backing(dir)
				_, _ = DataLayers.Has(dir), PlainRedirect.Has(dir)
			}
		})
	}
}
