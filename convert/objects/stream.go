package objects

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// bufferSize is the number of bytes of a stream that are in memory at a time. Most contents are
// shorter: they fit as a whole and need no temporary name. It also fits the processor's cache, so
// that hashing and writing load the bytes from memory once.
const bufferSize = 128 << 10

// buffers holds buffers of bufferSize, and one byte to see whether more follows.
var buffers = sync.Pool{New: func() any { return new([bufferSize + 1]byte) }}

// AddFrom adds the size bytes that r yields and returns their fs-verity digest. If r yields more
// or fewer bytes it fails and leaves nothing behind; for fewer, the error wraps
// [io.ErrUnexpectedEOF]. It holds at most 128 KiB in memory. Blocks of zeros in longer contents
// take no space on disk. AddFrom uses the WriteTo method of an [io.WriterTo].
func (b *Batch) AddFrom(r io.Reader, size int64) (verity.Digest, error) {
	if size < 0 {
		return verity.Digest{}, fmt.Errorf("add object: invalid size of %d bytes", size)
	}
	if size > bufferSize {
		return b.addStream(r, size)
	}
	buf := buffers.Get().(*[bufferSize + 1]byte)
	defer buffers.Put(buf)
	content := buf[:size]
	if n, err := io.ReadFull(r, content); err != nil {
		return verity.Digest{}, fmt.Errorf("add object: %w", short(err, int64(n), size))
	}
	if err := expectEnd(r, buf[size:size+1], size); err != nil {
		return verity.Digest{}, fmt.Errorf("add object: %w", err)
	}
	return b.Add(content)
}

// addStream is AddFrom for contents that do not fit the buffer.
func (b *Batch) addStream(r io.Reader, size int64) (verity.Digest, error) {
	temp, d, err := b.spool(r, size)
	if err != nil {
		return verity.Digest{}, fmt.Errorf("add object: %w", err)
	}
	found, replace, err := b.link(d, size)
	if err == nil && !found {
		found, err = b.settle(temp, Path(d))
	} else {
		err = files.WithCleanup(err, b.unlink(temp))
	}
	return b.added(d, size, found, replace, err)
}

// short adds the number of bytes read to an error that reports an early end. An error that wraps
// one is more precise already.
func short(err error, n, size int64) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF { //nolint:errorlint // see above
		return fmt.Errorf("%d bytes of %d: %w", n, size, io.ErrUnexpectedEOF)
	}
	return err
}

// expectEnd tries to read one byte beyond the expected size.
func expectEnd(r io.Reader, room []byte, size int64) error {
	switch _, err := io.ReadFull(r, room); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return err
	}
	return tooLong(size)
}

func tooLong(size int64) error { return fmt.Errorf("more than %d bytes", size) }

// spool writes the size bytes that r yields to a temporary name in the layer.
func (b *Batch) spool(r io.Reader, size int64) (name string, d verity.Digest, err error) {
	name = temporary()
	fd, err := b.createFile(name)
	if err != nil {
		return "", d, err
	}
	w := &writer{batch: b, fd: fd, size: size, hash: b.pool.algorithm.Spare()}
	defer w.hash.Done()
	err = w.readFrom(r)
	if err = files.WithCleanup(err, b.closeFile(fd)); err != nil {
		return "", d, files.WithCleanup(err, b.unlink(name))
	}
	return name, w.hash.Digest(), nil
}

// writer hashes its input and writes it to a new file, in which blocks of zeros become holes.
type writer struct {
	batch  *Batch
	fd     int
	size   int64 // expected
	offset int64
	hole   bool // the file ends in one
	hash   *verity.Hash
}

func (w *writer) readFrom(r io.Reader) error {
	buf := buffers.Get().(*[bufferSize + 1]byte)
	defer buffers.Put(buf)
	_, err := io.CopyBuffer(w, r, buf[:bufferSize])
	if err == nil && w.offset < w.size {
		err = io.EOF
	}
	if err != nil {
		return short(err, w.offset, w.size)
	}
	if !w.hole {
		return nil
	}
	if err = w.batch.pool.try(stepTruncate); err == nil {
		err = unix.Ftruncate(w.fd, w.size)
	}
	return os.NewSyscallError("ftruncate", err)
}

func (w *writer) Write(p []byte) (written int, err error) {
	if int64(len(p)) > w.size-w.offset {
		return 0, tooLong(w.size)
	}
	for len(p) > 0 {
		piece := p[:min(len(p), bufferSize)]
		w.hash.Write(piece) //nolint:errcheck // a hash never fails
		if err := w.writeData(piece); err != nil {
			return written, err
		}
		written += len(piece)
		p = p[len(piece):]
	}
	return written, nil
}

// writeData writes the blocks of p that are not all zeros. The unwritten parts of a new file read
// as zeros.
func (w *writer) writeData(p []byte) error {
	for len(p) > 0 {
		n, zeros := run(p, w.offset)
		if !zeros {
			if err := w.batch.writeAt(w.fd, p[:n], w.offset); err != nil {
				return err
			}
		}
		w.hole = zeros
		w.offset += int64(n)
		p = p[n:]
	}
	return nil
}

var zeroBlock [verity.BlockSize]byte

// run returns the length of the first blocks of p that are all zeros or all not. p is not empty;
// it may begin or end within a block of the file, which offset shows.
func run(p []byte, offset int64) (n int, zeros bool) {
	for n < len(p) {
		rest := verity.BlockSize - int((offset+int64(n))%verity.BlockSize)
		block := p[n:min(len(p), n+rest)]
		z := bytes.Equal(block, zeroBlock[:len(block)])
		if n > 0 && z != zeros {
			break
		}
		zeros = z
		n += len(block)
	}
	return n, zeros
}
