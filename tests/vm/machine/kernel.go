package machine

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/containers/storage/pkg/archive"
)

// modules are those that the machine boots with, that the tests use, and that podman needs. The
// kernel may have each as a module or built in.
var modules = []string{
	"virtio_pci", "virtio_console", "virtio_blk", "ext4", "xfs", "erofs", "overlay", "fuse", "loop", "dm-mod", "dm-flakey", "quota_v2",
}

// findKernel returns the kernel in a directory, as hack/vm/kernel.sh describes it, and its version.
func findKernel(dir string) (path, version string, err error) {
	all, err := os.ReadDir(filepath.Join(dir, "lib/modules"))
	if err != nil {
		return "", "", fmt.Errorf("find a kernel: %w", err)
	}
	var found []string
	for _, e := range all {
		for _, name := range []string{"boot/vmlinuz-" + e.Name(), "lib/modules/" + e.Name() + "/vmlinuz"} {
			if info, err := os.Stat(filepath.Join(dir, name)); err == nil && info.Mode().IsRegular() {
				path, version = filepath.Join(dir, name), e.Name()
				found = append(found, version)
				break
			}
		}
	}
	if len(found) != 1 {
		return "", "", fmt.Errorf("%s contains %d kernels with modules, want one: %q", dir, len(found), found)
	}
	return path, version, nil
}

// moduleFiles returns the files of modules and of those they depend on, in the order in which they
// are to be loaded. Modules that are built into the kernel have none.
func moduleFiles(dir, version string, modules []string) (files []string, err error) {
	cmd := exec.Command("modprobe", append([]string{"-C", "/dev/null", "-d", dir, "-S", version, "--show-depends", "--all"}, modules...)...)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil && complaints.Len() > 0 { // it names each module that is missing
		err = errors.New(strings.TrimSpace(complaints.String()))
	}
	if err != nil {
		return nil, fmt.Errorf("find modules of Linux %s: %w\nhint: depmod -b %s %s, unless the kernel was built without", version, err, dir, version)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		path, isFile := strings.CutPrefix(strings.TrimSpace(line), "insmod ")
		if isFile && !seen[path] {
			files, seen[path] = append(files, path), true
		}
	}
	return files, nil
}

// copyModule copies a module, decompressed: a kernel without CONFIG_MODULE_DECOMPRESS loads no other.
func copyModule(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // open for reading
	r, err := archive.DecompressStream(in)
	if err != nil {
		return fmt.Errorf("decompress %s: %w", from, err)
	}
	defer r.Close() //nolint:errcheck // open for reading
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, r)
	return errors.Join(err, out.Close())
}
