package machine

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// FromDisk returns the system that a boot loader finds on a disk: kernel, initramfs and options of the default entry
// in /boot, as the Boot Loader Specification has them. It copies the files to dir. edit returns the options to boot with.
// The machine has the disk as its first one, /dev/vda.
func FromDisk(dir, disk string, edit func(options string) string) (*System, error) {
	conf, err := debugfs(disk, "cat", "/boot/loader/loader.conf")
	if err != nil {
		return nil, err
	}
	entry, err := debugfs(disk, "cat", "/boot/loader/entries/"+field(conf, "default"))
	if err != nil {
		return nil, err
	}
	s := &System{kernel: filepath.Join(dir, "kernel"), initramfs: filepath.Join(dir, "initramfs"), options: edit(field(entry, "options"))}
	for key, to := range map[string]string{"linux": s.kernel, "initrd": s.initramfs} {
		content, cerr := debugfs(disk, "cat", "/boot"+field(entry, key))
		err = errors.Join(err, cerr, os.WriteFile(to, []byte(content), 0o600))
	}
	return s, err
}

// field returns the value of a key in a file of the Boot Loader Specification.
func field(text, key string) string {
	for line := range strings.Lines(text) {
		if name, value, _ := strings.Cut(strings.TrimSpace(line), " "); name == key {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// Replay replays the journal of a disk whose machine has lost power. FromDisk and Flip do not.
func Replay(disk string) error {
	out, err := exec.Command("e2fsck", "-y", "-E", "journal_only", disk).CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 1 { // done
		return nil
	}
	if err != nil {
		return fmt.Errorf("e2fsck %s: %w: %s", disk, err, out)
	}
	return nil
}

// Relink changes the target of a symlink in a disk's file system. The disk must not be in use.
func Relink(disk, path, target string) error {
	script := fmt.Sprintf("rm %s\nsymlink %s %s\n", path, path, target)
	cmd := exec.Command("debugfs", "-w", "-f", "-", disk)
	cmd.Stdin = strings.NewReader(script)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("debugfs %s: %q: %w: %s", disk, script, err, out)
	}
	return nil
}
