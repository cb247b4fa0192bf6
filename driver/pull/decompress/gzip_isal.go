//go:build isal && cgo

package decompress

/*
#cgo pkg-config: libisal
#include <stdlib.h>
#include <isa-l/igzip_lib.h>

// inflate decompresses a part of a deflate stream. It adds nothing to the state that points to the
// buffers. *in and *out are their lengths, and then the numbers of bytes that it has read and written.
static int inflate(struct inflate_state *s, uint8_t *from, uint32_t *in, uint8_t *to, uint32_t *out)
{
	s->next_in = from;
	s->avail_in = *in;
	s->next_out = to;
	s->avail_out = *out;
	int ret = isal_inflate(s);
	*in -= s->avail_in;
	*out -= s->avail_out;
	s->next_in = NULL;
	s->next_out = NULL;
	return ret;
}

// finished reports whether the stream has ended and its last byte is written.
static int finished(struct inflate_state *s) { return s->block_state == ISAL_BLOCK_FINISH; }

// unread returns the number of bytes that the state has read after the end of the stream, and puts
// them into rest.
static int unread(struct inflate_state *s, uint8_t *rest)
{
	int n = s->read_in_length / 8;
	uint64_t bits = s->read_in >> (s->read_in_length % 8);
	for (int i = 0; i < n; i++, bits >>= 8)
		rest[i] = bits;
	return n;
}
*/
import "C"

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"unsafe"
)

// inflater decompresses the deflate streams of the members, one after the other. Its state is memory of
// C.
type inflater struct {
	r     *bufio.Reader
	state *C.struct_inflate_state
}

func newInflater(r *bufio.Reader) *inflater {
	state := (*C.struct_inflate_state)(C.malloc(C.sizeof_struct_inflate_state))
	return &inflater{r: r, state: state}
}

// start begins a stream.
func (d *inflater) start() { C.isal_inflate_init(d.state) }

// read decompresses into p. At the end of the stream it returns io.EOF and the bytes that it has read
// after the end, at most eight.
func (d *inflater) read(p []byte) (n int, rest []byte, err error) {
	if d.state == nil {
		return 0, nil, io.ErrClosedPipe
	}
	for n == 0 {
		buffered, readErr := d.input()
		in, out := C.uint32_t(len(buffered)), C.uint32_t(len(p))
		ret := C.inflate(d.state, (*C.uint8_t)(unsafe.SliceData(buffered)), &in, (*C.uint8_t)(unsafe.SliceData(p)), &out)
		if _, err := d.r.Discard(int(in)); err != nil {
			return 0, nil, err
		}
		n = int(out)
		switch {
		case ret < 0:
			return n, nil, fmt.Errorf("%w: %s", errCorrupt, reasons[int(ret)])
		case C.finished(d.state) != 0:
			var after [8]byte
			rest = after[:C.unread(d.state, (*C.uint8_t)(&after[0]))]
			return n, rest, io.EOF
		case n == 0 && errors.Is(readErr, io.EOF):
			return 0, nil, io.ErrUnexpectedEOF
		case n == 0 && readErr != nil:
			return 0, nil, readErr
		}
	}
	return n, nil, nil
}

// input returns the next bytes of the stream, at least one unless there is an error.
func (d *inflater) input() ([]byte, error) {
	if _, err := d.r.Peek(1); err != nil {
		return nil, err
	}
	return d.r.Peek(d.r.Buffered())
}

// close frees the state.
func (d *inflater) close() {
	C.free(unsafe.Pointer(d.state))
	d.state = nil
}

// reasons are the errors of isal_inflate.
var reasons = map[int]string{
	C.ISAL_INVALID_BLOCK:    "invalid block",
	C.ISAL_INVALID_SYMBOL:   "invalid symbol",
	C.ISAL_INVALID_LOOKBACK: "invalid distance",
}
