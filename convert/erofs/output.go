package erofs

import "io"

// output is where the emitter puts an image. While measuring it only counts.
// Errors are sticky: flush returns the first.
type output struct {
	measuring bool
	offset    int64 // bytes emitted so far

	w   io.Writer
	buf []byte // not yet written
	err error
}

// outputBuffer is how many bytes are collected before they are written.
const outputBuffer = 128 << 10

// next moves on by n bytes and returns them, zeroed, to be filled in before the
// next call. While measuring it returns nil.
func (o *output) next(n int) []byte {
	o.offset += int64(n)
	if o.measuring || n == 0 {
		return nil
	}
	if len(o.buf)+n > cap(o.buf) {
		_ = o.flush() // kept in o.err
		if n > cap(o.buf) {
			o.buf = make([]byte, 0, max(n, outputBuffer))
		}
	}
	from := len(o.buf)
	o.buf = o.buf[:from+n]
	clear(o.buf[from:])
	return o.buf[from:]
}

// padTo moves on to an offset with zeros.
func (o *output) padTo(offset int64) {
	const most = 1 << 16
	for ; offset-o.offset > most; o.next(most) {
	}
	o.next(int(offset - o.offset))
}

// align moves on to a multiple.
func (o *output) align(multiple int64) { o.padTo(roundUp(o.offset, multiple)) }

func (o *output) flush() error {
	if o.err == nil && len(o.buf) > 0 {
		_, o.err = o.w.Write(o.buf)
	}
	o.buf = o.buf[:0]
	return o.err
}

func roundUp(n, multiple int64) int64 { return (n + multiple - 1) / multiple * multiple }
