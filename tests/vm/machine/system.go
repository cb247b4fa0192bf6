package machine

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// System is what machines boot. None of them changes it.
type System struct {
	kernel, initramfs string
	options           string // the kernel's command line
	root              string // the root disk, or ""
	release           string // as uname -r prints it
	variables         string // those of the firmware, a file, or "" for a machine that gets its kernel from qemu
}

// Release returns the release of the kernel, such as 6.1.0-50-cloud-amd64.
func (s *System) Release() string { return s.release }

// Build makes a system in dir: of a kernel, whose directory hack/vm/kernel.sh describes, of the
// program guest, which is its init, and of the files below root.
func Build(dir, kernel, guest, root string) (*System, error) {
	path, version, err := findKernel(kernel)
	if err != nil {
		return nil, err
	}
	files, err := moduleFiles(kernel, version, modules)
	if err != nil {
		return nil, err
	}
	s := &System{kernel: path, release: version, options: "console=ttyS0 quiet panic=-1", initramfs: filepath.Join(dir, "initramfs"), root: filepath.Join(dir, "root.img")}
	tree := filepath.Join(dir, "initramfs.d")
	err = errors.Join(
		os.MkdirAll(filepath.Join(tree, "dev"), 0o755), os.MkdirAll(filepath.Join(tree, "root"), 0o755),
		Copy(guest, filepath.Join(tree, "init")), Copy(guest, filepath.Join(root, "guest")))
	for i, file := range files {
		err = errors.Join(err, copyModule(file, filepath.Join(tree, "modules", fmt.Sprintf("%02d", i))))
	}
	if err != nil {
		return nil, err
	}
	pack := fmt.Sprintf("cd '%s' && find . | busybox cpio -o -H newc >'%s'", tree, s.initramfs)
	return s, errors.Join(command("sh", "-c", pack), MakeDisk(s.root, 512<<20, root))
}

// FromFiles returns the system of a kernel, its initramfs and its command line.
func FromFiles(kernel, initramfs, options string) *System {
	return &System{kernel: kernel, initramfs: initramfs, options: options}
}

// Copy copies a file with its permissions. Directories above it are made.
func Copy(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return command("cp", "--reflink=auto", "--sparse=always", "--dereference", from, to)
}

// CopyProgram copies a program of this machine to the path to below root, and the libraries that
// it is linked with to the same places below root.
func CopyProgram(root, program, to string) error {
	out, _ := exec.Command("ldd", program).Output() // fails if there are none
	var err error
	for word := range strings.FieldsSeq(string(out)) {
		if strings.HasPrefix(word, "/") {
			err = errors.Join(err, Copy(word, filepath.Join(root, word)))
		}
	}
	return errors.Join(err, Copy(program, filepath.Join(root, to)))
}

// command runs a program, whose words become the error.
func command(args ...string) error {
	if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
		return fmt.Errorf("%q: %w: %s", args, err, out)
	}
	return nil
}
