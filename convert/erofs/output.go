package erofs

import "slices"

// output collects a piece of an image. In the measuring run it only counts.
type output struct {
	measuring bool
	offset    int64 // in the image
	buf       []byte
}

// next moves on by n bytes and returns them, zeroed. The caller fills them in before the next call.
// In the measuring run, and for n = 0, it returns nil.
func (o *output) next(n int) []byte {
	o.offset += int64(n)
	if o.measuring || n == 0 {
		return nil
	}
	from := len(o.buf)
	o.buf = slices.Grow(o.buf, n)[:from+n]
	clear(o.buf[from:])
	return o.buf[from:]
}

// padTo writes zeros up to an offset.
func (o *output) padTo(offset int64) { o.next(int(offset - o.offset)) }

// align writes zeros up to a multiple.
func (o *output) align(multiple int64) { o.padTo(roundUp(o.offset, multiple)) }

func roundUp(n, multiple int64) int64 { return (n + multiple - 1) / multiple * multiple }
