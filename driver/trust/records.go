//go:build linux

package trust

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// hash returns a function that returns the fs-verity digest of a file without fs-verity. It reads a file once after each boot, and
// again after the file has changed: otherwise hashing would take half of the time of mounting a large
// image. It finds damage, and does not protect from root, who can change a file and its times.
func (g *Guard) hash(a verity.Algorithm) func(*os.File) (verity.Digest, error) {
	return func(f *os.File) (verity.Digest, error) { return g.sum(f, a) }
}

func (g *Guard) sum(f *os.File, a verity.Algorithm) (d verity.Digest, err error) {
	var st unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &st); err != nil {
		return d, &os.PathError{Op: "fstat", Path: f.Name(), Err: err}
	}
	state := fmt.Sprintf("hashed-%d.%d-%d-%d-%d.%d-%d.%d", unix.Major(st.Dev), unix.Minor(st.Dev), st.Ino, st.Size,
		st.Mtim.Sec, st.Mtim.Nsec, st.Ctim.Sec, st.Ctim.Nsec)
	text, err := g.recorded(state, 2*a.Size(), func() (string, error) {
		d, _, err := a.SumFile(f)
		return d.String(), err
	})
	if err != nil {
		return d, err
	}
	return verity.ParseDigest(text)
}

// recorded returns a digest that depends on name only. It reads the record with that name,
// or calls find and writes the record. A record has the given number of hexadecimal digits. Without a
// record the digest of an image of 95,000 files takes half a second at each mount.
func (g *Guard) recorded(name string, digits int, find func() (string, error)) (string, error) {
	record := filepath.Join(g.records, name)
	if known, err := os.ReadFile(record); err == nil && len(known) == digits {
		return string(known), nil
	}
	digest, err := find()
	if err != nil {
		return "", err
	}
	return digest, files.Replace(record, digest)
}
