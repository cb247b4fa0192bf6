package machine

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// MakeDisk makes a disk of so many bytes, which is an ext4 file system with the files
// below from, if that is not "". features are for mke2fs, such as "verity".
func MakeDisk(path string, size int64, from string, features ...string) error {
	if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Truncate(path, size)); err != nil {
		return err
	}
	args := []string{"mke2fs", "-q", "-F", "-t", "ext4", "-b", "4096", "-E", "root_owner=0:0,lazy_itable_init=0,nodiscard"}
	if len(features) > 0 {
		args = append(args, "-O", strings.Join(features, ","))
	}
	if from != "" {
		args = append(args, "-d", from)
	}
	return command(append(args, path)...)
}

// blockSize is that of the disks' file systems, in bytes.
const blockSize = 4096

// Flip changes a bit of a file below the file system, as a disk that rots, or anybody who
// has it in hands: of the first byte of a text in it. path is in the disk's file system.
// The disk must not be in use.
func Flip(disk, path, text string) error {
	content, err := debugfs(disk, "cat", path)
	offset := strings.Index(content, text)
	if err != nil {
		return err
	}
	if offset < 0 {
		return fmt.Errorf("%s: %s is not in %s", disk, text, path)
	}
	out, err := debugfs(disk, "bmap", path, strconv.Itoa(offset/blockSize))
	if err != nil {
		return err
	}
	block, err := strconv.ParseInt(strings.TrimSpace(out), 10, 64)
	if err != nil || block == 0 {
		return fmt.Errorf("%s: %s has no block %d: %q", disk, path, offset/blockSize, out)
	}
	f, err := os.OpenFile(disk, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	at := block*blockSize + int64(offset%blockSize)
	b := make([]byte, 1)
	if _, err = f.ReadAt(b, at); err == nil {
		b[0] ^= 1
		_, err = f.WriteAt(b, at)
	}
	return errors.Join(err, f.Close())
}

// debugfs returns the output of a command of debugfs about a disk.
func debugfs(disk string, words ...string) (string, error) {
	cmd := exec.Command("debugfs", "-R", strings.Join(words, " "), disk)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err == nil && len(out) == 0 { // it ends with 0 whatever happens
		err = errors.New("no output")
	}
	if err != nil {
		err = fmt.Errorf("debugfs %s: %q: %w: %s", disk, words, err, complaints.String())
	}
	return string(out), err
}
