//go:build linux

package shared

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/files"
)

// note returns the file with the reason why the mount has ended.
func (s imageDir) note() string { return filepath.Join(s.dir, "ended") }

// errKilled is the reason of a mount that has ended without a note.
var errKilled = errors.New("its processes were killed")

// ended returns the reason why the mount has ended.
func (s imageDir) ended() error {
	text, err := os.ReadFile(s.note())
	if err != nil || len(text) == 0 {
		return errKilled
	}
	return errors.New(string(text))
}

// Mount is the mount of an image.
type Mount struct {
	Point string
	Inode string // of the image, as [InodeName] returns it
	Ended error  // why a mount at this point has ended, nil if none has
}

// describe returns the mount without the reason of its end.
func (s imageDir) describe() Mount {
	device, rest, _ := strings.Cut(filepath.Base(s.dir), "-")
	inode, _, _ := strings.Cut(rest, "-")
	return Mount{Point: s.root(), Inode: device + "-" + inode}
}

// List returns the recorded mounts in no order. It takes no lock, and finds those that have ended with a note
// only: it waits for no server.
func (m *Mounts) List() (list []Mount, err error) {
	names, err := files.Names(m.dir)
	if err = files.IgnoreMissing(err); err != nil {
		return nil, err
	}
	for _, name := range names {
		if name == "lock" || strings.HasSuffix(name, listSuffix) {
			continue
		}
		s := imageDir{filepath.Join(m.dir, name)}
		x := s.describe()
		if _, err := os.Lstat(s.note()); err == nil {
			x.Ended = s.ended()
		}
		list = append(list, x)
	}
	return list, nil
}

// Advice returns the remedy for containers of an image whose mount has ended. The image is a word of a shell, or
// "" if its name is unknown. "podman restart" would not mount their file systems anew.
func Advice(image string) string {
	if image == "" {
		return "stop all containers, and start them again"
	}
	return `"podman stop --filter ancestor=` + image + `", then start the containers again`
}
