package verity_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// sealed returns a file of that content, open for reading only.
func sealed(t *testing.T, dir, content string) *os.File {
	t.Helper()
	path := filepath.Join(dir, "f")
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// TestEnable asks the kernel. With fs-verity, it must measure the same digest and refuse writes;
// without, the error must name the kernel or the file system.
func TestEnable(t *testing.T) {
	f := sealed(t, t.TempDir(), "hello world")
	if _, err := verity.SHA256.Measure(f); err == nil {
		t.Error("Measure before Enable: no error")
	}
	err := verity.SHA256.Enable(f)
	if err != nil {
		var path *os.PathError
		if !errors.As(err, &path) || path.Path != f.Name() {
			t.Errorf("Enable: %v does not name the file", err)
		}
		if errors.Is(err, verity.ErrKernel) == errors.Is(err, verity.ErrFilesystem) {
			t.Errorf("Enable: %v, want either ErrKernel or ErrFilesystem", err)
		}
		t.Logf("the digest cannot be compared with the kernel's here: %v", err)
		return
	}
	if err := verity.SHA256.Enable(f); err != nil {
		t.Errorf("Enable again: %v", err)
	}
	if got, err := verity.SHA256.Measure(f); err != nil || got != verity.Sum([]byte("hello world")) {
		t.Errorf("Measure = %v, %v", got, err)
	}
	if w, err := os.OpenFile(f.Name(), os.O_WRONLY, 0); err == nil {
		_ = w.Close()
		t.Error("the file can still be opened for writing")
	}
}

// TestFilesystemCannot uses a file system that has no fs-verity on any kernel.
func TestFilesystemCannot(t *testing.T) {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // open for reading
	if err := verity.SHA256.Enable(f); !errors.Is(err, verity.ErrFilesystem) {
		t.Errorf("Enable: %v, want ErrFilesystem", err)
	}
	if _, err := verity.SHA256.Measure(f); !errors.Is(err, verity.ErrFilesystem) {
		t.Errorf("Measure: %v, want ErrFilesystem", err)
	}
}
