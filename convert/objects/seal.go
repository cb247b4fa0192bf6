package objects

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Sealing is whether the files of a pool are sealed: whether they have fs-verity, so that
// the kernel refuses writes to them, and reads of what is not as their names say.
type Sealing int

const (
	// SealNever leaves files as they are.
	SealNever Sealing = iota
	// SealTry seals where file system and kernel can do that. What else may go wrong is
	// an error.
	SealTry
	// SealRequire fails where they cannot.
	SealRequire
)

// sealPatience is how long sealing waits for somebody who has the file open for writing,
// or is sealing it too: any process that is just being started has inherited what its
// parent had open. It is a variable for tests.
var sealPatience = 30 * time.Second

// fsVerity is what the kernel does for sealing.
type fsVerity interface {
	Enable(f *os.File) error
	Measure(f *os.File) (verity.Digest, error)
}

type kernelVerity struct{}

func (kernelVerity) Enable(f *os.File) error                   { return verity.Enable(f) }
func (kernelVerity) Measure(f *os.File) (verity.Digest, error) { return verity.Measure(f) }

// Seals reports whether new files are sealed, as far as that is known: with [SealTry]
// the first one shows.
func (p *Pool) Seals() bool { return p.Sealing != SealNever && !p.unsealable.Load() }

// Seal seals a file on the pool's file system whose fs-verity digest must be d: anything
// else gives an error that wraps [ErrDamaged]. The file must be open for reading only. One
// that is sealed already is measured. With [SealTry], sealed is false if that cannot be
// done here.
func (p *Pool) Seal(f *os.File, d verity.Digest) (sealed bool, err error) {
	if !p.Seals() {
		return false, nil
	}
	if err = p.try(stepSeal); err == nil {
		err = p.enable(f)
	}
	if p.Sealing == SealTry && cannotSeal(err) {
		p.unsealable.Store(true)
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, p.measure(f, d)
}

// SealFile is Seal for the file with that name, and makes durable that it is sealed.
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

// enable enables fs-verity, waiting for those who keep the kernel from it.
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
