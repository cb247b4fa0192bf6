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
	kernel, initramfs, root string
}

// modules are what the kernel loads, in this order. The rest is built in.
var modules = []string{
	"drivers/block/virtio_blk", "drivers/block/loop", "lib/libcrc32c", "fs/xfs/xfs", "fs/erofs/erofs", "fs/overlayfs/overlay",
	"drivers/md/dm-mod", "drivers/md/dm-flakey", "fs/quota/quota_tree", "fs/quota/quota_v2",
}

// Build makes a system in dir: of a kernel as hack/vm/kernel.sh unpacks it, of the
// program guest, which is its init, and of the files below root.
func Build(dir, kernel, guest, root string) (*System, error) {
	s := &System{initramfs: filepath.Join(dir, "initramfs"), root: filepath.Join(dir, "root.img")}
	found, err := filepath.Glob(filepath.Join(kernel, "boot/vmlinuz-*"))
	if err != nil || len(found) != 1 {
		return nil, fmt.Errorf("%s: found %d kernels: %w", kernel, len(found), err)
	}
	s.kernel = found[0]
	tree := filepath.Join(dir, "initramfs.d")
	err = errors.Join(
		os.MkdirAll(filepath.Join(tree, "dev"), 0o755), os.MkdirAll(filepath.Join(tree, "root"), 0o755),
		Copy(guest, filepath.Join(tree, "init")), Copy(guest, filepath.Join(root, "guest")))
	for i, name := range modules {
		files, globErr := filepath.Glob(filepath.Join(kernel, "usr/lib/modules/*/kernel", name+".ko*"))
		if len(files) != 1 {
			return nil, fmt.Errorf("%s: found %d modules %s: %w", kernel, len(files), name, errors.Join(err, globErr))
		}
		err = errors.Join(err, Copy(files[0], filepath.Join(tree, "modules", fmt.Sprintf("%02d-%s", i, filepath.Base(files[0])))))
	}
	if err != nil {
		return nil, err
	}
	pack := fmt.Sprintf("cd '%s' && find . | busybox cpio -o -H newc >'%s'", tree, s.initramfs)
	return s, errors.Join(command("sh", "-c", pack), MakeDisk(s.root, 512<<20, root))
}

// Copy copies a file with its permissions. Directories above it are made.
func Copy(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return command("cp", "--reflink=auto", "--sparse=always", "--dereference", from, to)
}

// CopyProgram copies a program of this machine, and the libraries that it is linked
// with, to the same places below root.
func CopyProgram(root, program string) error {
	out, err := exec.Command("ldd", program).Output() // fails if there are none
	err = nil
	for word := range strings.FieldsSeq(string(out)) {
		if strings.HasPrefix(word, "/") {
			err = errors.Join(err, Copy(word, filepath.Join(root, word)))
		}
	}
	return errors.Join(err, Copy(program, filepath.Join(root, program)))
}

// command runs a program, whose words become the error.
func command(args ...string) error {
	if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
		return fmt.Errorf("%q: %w: %s", args, err, out)
	}
	return nil
}
