package objects

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// linkObject links the pool's object into the layer. If it could not, replace says
// that the pool has one that is of no use: it can take no more links (ext4 allows
// 65,000 for an inode), or has not the size that its name promises.
func (b *Batch) linkObject(d verity.Digest, size int64) (found, replace bool, err error) {
	if err := b.makeShard(d); err != nil {
		return false, false, err
	}
	name := Path(d)
	if err := b.pool.try("link"); err != nil {
		return false, errors.Is(err, unix.EMLINK), ignore(err, unix.EMLINK)
	}
	err = unix.Linkat(b.pool.fd(), name, b.fd(), name, 0)
	switch {
	case errors.Is(err, unix.EEXIST): // the layer has this content twice
		return true, false, nil
	case errors.Is(err, unix.ENOENT):
		return false, false, nil
	case errors.Is(err, unix.EMLINK):
		return false, true, nil
	case err != nil:
		return false, false, os.NewSyscallError("linkat", err)
	}
	// A name alone is not trusted.
	var st unix.Stat_t
	if err := unix.Fstatat(b.fd(), name, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return false, false, os.NewSyscallError("fstatat", err)
	}
	if st.Size != size {
		return false, true, b.unlink(name)
	}
	return true, false, nil
}

// create writes a new object into the layer. found says that the layer has got it
// meanwhile.
func (b *Batch) create(d verity.Digest, content []byte, replace bool) (found bool, err error) {
	name := Path(d)
	f, err := b.createFile(name)
	if errors.Is(err, unix.EEXIST) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	if err = b.pool.try("write"); err == nil {
		_, err = f.Write(content)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return false, errors.Join(err, b.unlink(name))
	}
	b.addFresh(d, replace)
	return false, nil
}

// spool writes what r yields to a temporary name in the layer.
func (b *Batch) spool(r io.Reader) (name string, d verity.Digest, size int64, err error) {
	name = temporary()
	f, err := b.createFile(name)
	if err != nil {
		return "", d, 0, err
	}
	h := verity.New()
	if err = b.pool.try("write"); err == nil {
		size, err = io.Copy(io.MultiWriter(f, h), r)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return "", d, 0, errors.Join(err, b.unlink(name))
	}
	return name, h.Digest(), size, nil
}

// settle gives a spooled file its name, or removes it. found says that the layer
// has got that name meanwhile.
func (b *Batch) settle(name string, d verity.Digest, replace bool) (found bool, err error) {
	err = unix.Renameat2(b.fd(), name, b.fd(), Path(d), unix.RENAME_NOREPLACE)
	if errors.Is(err, unix.EEXIST) {
		return true, b.unlink(name)
	}
	if err != nil {
		return false, errors.Join(os.NewSyscallError("renameat2", err), b.unlink(name))
	}
	b.addFresh(d, replace)
	return false, nil
}

// copyObject gives the layer a copy of the pool's object, which then takes its
// place in the pool.
func (b *Batch) copyObject(d verity.Digest, size int64) error {
	in, err := b.pool.Open(d)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // open for reading
	name, got, n, err := b.spool(in)
	if err != nil {
		return err
	}
	if got != d || n != size {
		err := fmt.Errorf("%w: %d bytes with digest %s, want %d", ErrDamaged, n, got, size)
		return errors.Join(err, b.unlink(name))
	}
	_, err = b.settle(name, d, true)
	return err
}

// publish gives an object of the layer its name in the pool. Its content is durable.
func (b *Batch) publish(f fresh) error {
	if err := b.pool.try("publish"); err != nil {
		return err
	}
	name := Path(f.digest)
	if f.replace {
		return replaceLink(b.fd(), b.pool.fd(), name)
	}
	err := unix.Linkat(b.fd(), name, b.pool.fd(), name, 0)
	if errors.Is(err, unix.ENOENT) {
		if err := unix.Mkdirat(b.pool.fd(), name[:2], 0o700); err != nil && !errors.Is(err, unix.EEXIST) {
			return os.NewSyscallError("mkdirat", err)
		}
		err = unix.Linkat(b.fd(), name, b.pool.fd(), name, 0)
	}
	if errors.Is(err, unix.EEXIST) {
		// Another batch was first. Its object takes the place of ours, unless
		// that can take no more links.
		return ignore(replaceLink(b.pool.fd(), b.fd(), name), unix.EMLINK)
	}
	return os.NewSyscallError("linkat", err)
}

// replaceLink makes name in directory to a link to name in directory from, in one
// step for everybody who looks.
func replaceLink(from, to int, name string) error {
	temp := temporary()
	if err := unix.Linkat(from, name, to, temp, 0); err != nil {
		return os.NewSyscallError("linkat", err)
	}
	if err := unix.Renameat(to, temp, to, name); err != nil {
		return errors.Join(os.NewSyscallError("renameat", err), unix.Unlinkat(to, temp, 0))
	}
	return nil
}

func (b *Batch) createFile(name string) (*os.File, error) {
	if err := b.pool.try("create"); err != nil {
		return nil, err
	}
	fd, err := unix.Openat(b.fd(), name, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return nil, os.NewSyscallError("openat", err)
	}
	return os.NewFile(uintptr(fd), name), nil
}

// makeShard makes the directory of d's object in the layer.
func (b *Batch) makeShard(d verity.Digest) error {
	shard := &b.shards[d[0]]
	if shard.Load() {
		return nil
	}
	if err := unix.Mkdirat(b.fd(), Path(d)[:2], 0o700); err != nil && !errors.Is(err, unix.EEXIST) {
		return os.NewSyscallError("mkdirat", err)
	}
	shard.Store(true)
	return nil
}

func (b *Batch) addFresh(d verity.Digest, replace bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fresh = append(b.fresh, fresh{d, replace})
}

func (b *Batch) unlink(name string) error {
	return os.NewSyscallError("unlinkat", unix.Unlinkat(b.fd(), name, 0))
}

func (b *Batch) fd() int { return int(b.layer.Fd()) }
func (p *Pool) fd() int  { return int(p.objects.Fd()) }

// temporaryPrefix begins names that are no objects. Whatever bears one while the
// pool is locked exclusively was left behind by a crash.
const temporaryPrefix = ".tmp-"

// temporary returns a name that nobody else has.
func temporary() string { return fmt.Sprintf("%s%016x", temporaryPrefix, rand.Uint64()) }

// ignore returns err unless it is the one that does not matter.
func ignore(err, harmless error) error {
	if errors.Is(err, harmless) {
		return nil
	}
	return err
}
