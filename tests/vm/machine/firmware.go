package machine

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// code is firmware that has Secure Boot, of Debian's package ovmf.
const code = "/usr/share/OVMF/OVMF_CODE_4M.secboot.fd"

// Variables is a file with variables for the firmware of FromFirmware, and no keys.
const Variables = "/usr/share/OVMF/OVMF_VARS_4M.fd"

// FromFirmware returns a system that UEFI firmware starts from an EFI system partition among the machine's disks. The file
// variables has the keys; no machine changes it.
func FromFirmware(variables string) *System { return &System{variables: variables} }

// loader returns the options of qemu that decide what starts the kernel. Secure Boot needs variables that only the
// firmware can write.
func (s *System) loader() []string {
	if s.variables == "" {
		return []string{"-kernel", s.kernel, "-initrd", s.initramfs, "-append", s.options}
	}
	return []string{
		"-machine", "q35,smm=on", "-global", "driver=cfi.pflash01,property=secure,value=on",
		"-drive", "if=pflash,format=raw,unit=0,readonly=on,file=" + code,
		"-drive", "if=pflash,format=raw,unit=1,snapshot=on,file=" + s.variables,
	}
}

// Refused starts a machine that must not boot, waits until its console has a text, and turns it off.
func (s *System) Refused(dir, text string, disks ...string) error {
	m, err := s.start(dir, disks...)
	if err != nil {
		return err
	}
	return errors.Join(m.shows(text), m.Cut())
}

// shows waits until the console has a text.
func (m *Machine) shows(text string) error {
	for end, on := time.Now().Add(patience), true; !strings.Contains(m.tail(), text); {
		if !on || time.Now().After(end) {
			return fmt.Errorf("want a console with %q: %s", text, m.tail())
		}
		select {
		case _, on = <-m.answers:
			if on {
				return fmt.Errorf("the machine boots; want a console with %q", text)
			}
		case <-time.After(100 * time.Millisecond):
		}
	}
	return nil
}

// MakePartition makes a FAT file system of so many bytes with the files of a directory, such as an EFI system partition.
func MakePartition(path string, size int64, from string) error {
	files, err := filepath.Glob(from + "/*")
	if err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(path, nil, 0o600), os.Truncate(path, size),
		command("mkfs.vfat", path),
		command(append([]string{"mcopy", "-s", "-i", path}, append(files, "::/")...)...))
}

// Replace replaces a text, wherever a disk has it, by another of its length. The disk must not be in use.
func Replace(disk, text, by string) error {
	content, err := os.ReadFile(disk)
	if err != nil {
		return err
	}
	if len(text) != len(by) || !bytes.Contains(content, []byte(text)) {
		return fmt.Errorf("%s: replace %q by %q", disk, text, by)
	}
	return os.WriteFile(disk, bytes.ReplaceAll(content, []byte(text), []byte(by)), 0o600)
}
