package objects

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Sealing decides whether new files of a pool are sealed. A sealed file has fs-verity enabled: the
// kernel refuses to write to it, and to read data that differ from its digest.
type Sealing int

const (
	// SealNever leaves files as they are.
	SealNever Sealing = iota
	// SealTry seals files if the file system and the kernel support fs-verity. Other failures
	// are errors.
	SealTry
	// SealRequire makes missing support an error too.
	SealRequire
)

// sealPatience limits how long sealing waits for a process that has the file open for writing, or
// seals it too: a process that is being started has inherited its parent's open files. Tests
// change it.
var sealPatience = 30 * time.Second

// fsVerity is the kernel's part of sealing: a [verity.Algorithm], or a fake of a test.
type fsVerity interface {
	Enable(f *os.File) error
	Measure(f *os.File) (verity.Digest, error)
}

// Seals reports whether new files are sealed. With [SealTry] it is true until an attempt shows
// that the file system or the kernel lacks fs-verity.
func (p *Pool) Seals() bool { return p.sealing != SealNever && !p.unsealable.Load() }

// Seal seals a file on the pool's file system. If its fs-verity digest is not d, the error wraps
// [ErrDamaged]. The file must be open for reading only. An already sealed file is measured. With
// [SealTry], sealed is false if the file system or the kernel lacks fs-verity.
func (p *Pool) Seal(f *os.File, d verity.Digest) (sealed bool, err error) {
	if !p.Seals() {
		return false, nil
	}
	if err = p.try(stepSeal); err == nil {
		err = p.enable(f)
	}
	if p.sealing == SealTry && cannotSeal(err) {
		p.unsealable.Store(true)
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, p.measure(f, d)
}

// SealFile seals the file with that name, as [Pool.Seal] does, and syncs it.
func (p *Pool) SealFile(name string, d verity.Digest) (sealed bool, err error) {
	if !p.Seals() {
		return false, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return false, err
	}
	defer f.Close() //nolint:errcheck // open for reading
	if sealed, err = p.Seal(f, d); err == nil && sealed {
		err = p.syncFile(f)
	}
	return sealed, err
}

func cannotSeal(err error) bool {
	return errors.Is(err, verity.ErrFilesystem) || errors.Is(err, verity.ErrKernel)
}

// enable enables fs-verity. It waits for processes that have the file open for writing or are
// enabling fs-verity too.
func (p *Pool) enable(f *os.File) error {
	const longest = 100 * time.Millisecond
	until := time.Now().Add(sealPatience)
	for wait := time.Millisecond; ; wait = min(2*wait, longest) {
		err := p.verity.Enable(f)
		if !errors.Is(err, unix.ETXTBSY) && !errors.Is(err, unix.EBUSY) || time.Now().After(until) {
			return err
		}
		time.Sleep(wait)
	}
}

func (p *Pool) measure(f *os.File, d verity.Digest) error {
	got, err := p.verity.Measure(f)
	if err == nil && got != d {
		err = wrongContent(got)
	}
	return err
}
