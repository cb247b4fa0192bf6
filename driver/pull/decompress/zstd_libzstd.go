//go:build libzstd && cgo

package decompress

/*
#cgo pkg-config: libzstd
#include <zstd.h>
#include <zstd_errors.h>

// decompress decompresses a part of a frame. *in and *out are the lengths of the buffers, and then the
// numbers of bytes that it has read and written. It returns 0 at the end of the frame.
static size_t decompress(ZSTD_DCtx *d, const void *from, size_t *in, void *to, size_t *out)
{
	ZSTD_inBuffer i = {from, *in, 0};
	ZSTD_outBuffer o = {to, *out, 0};
	size_t ret = ZSTD_decompressStream(d, &o, &i);
	*in = i.pos;
	*out = o.pos;
	return ret;
}
*/
import "C"

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"unsafe"

	"github.com/klauspost/compress/zstd"
)

// Magic numbers of frames. Source: RFC 8878, sections 3.1.1 and 3.1.2.
const (
	frameMagic     = 0xfd2fb528
	skippableMagic = 0x184d2a50 // the last four bits are any
)

// libzstd returns a reader that uses libzstd.
var libzstd = func(r *bufio.Reader) (io.ReadCloser, error) {
	context := C.ZSTD_createDCtx()
	if context == nil {
		return nil, errors.New("zstd: out of memory")
	}
	C.ZSTD_DCtx_setParameter(context, C.ZSTD_d_windowLogMax, C.int(bits.Len(WindowMax)-1))
	return &zstdReader{r: r, context: context}, nil
}

// zstdReader decompresses frames until the end of its input. Its context is memory of C.
type zstdReader struct {
	r       *bufio.Reader
	context *C.ZSTD_DCtx
	inside  bool // a frame has begun
	err     error
}

// Read decompresses. Its bytes are tentative until it returns io.EOF.
func (z *zstdReader) Read(p []byte) (n int, err error) {
	for n == 0 && z.err == nil && len(p) > 0 {
		if !z.inside {
			z.err = z.begin()
			continue
		}
		n, z.err = z.decompress(p)
	}
	return n, z.err
}

// begin checks that another frame begins. At the end of the input it returns io.EOF. libzstd itself would
// accept frames of formats before 0.8, which klauspost/compress refuses.
func (z *zstdReader) begin() error {
	magic, err := z.r.Peek(4)
	switch {
	case len(magic) == 0:
		return err
	case len(magic) < 4:
		return unexpected(err)
	}
	if m := binary.LittleEndian.Uint32(magic); m != frameMagic && m&^15 != skippableMagic {
		return zstd.ErrMagicMismatch
	}
	z.inside = true
	return nil
}

// decompress decompresses a part of the frame into p, which may give no bytes.
func (z *zstdReader) decompress(p []byte) (int, error) {
	_, readErr := z.r.Peek(1)
	from, _ := z.r.Peek(z.r.Buffered())
	in, out := C.size_t(len(from)), C.size_t(len(p))
	ret := C.decompress(z.context, unsafe.Pointer(unsafe.SliceData(from)), &in, unsafe.Pointer(unsafe.SliceData(p)), &out)
	if _, err := z.r.Discard(int(in)); err != nil {
		return 0, err
	}
	switch {
	case C.ZSTD_isError(ret) != 0:
		return 0, zstdError(ret)
	case ret == 0:
		z.inside = false
	case in == 0 && out == 0 && readErr != nil:
		return 0, unexpected(readErr)
	}
	return int(out), nil
}

// zstdError returns the error of a result of libzstd.
func zstdError(ret C.size_t) error {
	switch C.ZSTD_getErrorCode(ret) {
	case C.ZSTD_error_frameParameter_windowTooLarge:
		return zstd.ErrWindowSizeExceeded
	case C.ZSTD_error_checksum_wrong:
		return zstd.ErrCRCMismatch
	}
	return fmt.Errorf("zstd: %s", C.GoString(C.ZSTD_getErrorName(ret)))
}

// Close frees the memory of the decompressor. It does not close the input.
func (z *zstdReader) Close() error {
	z.err = io.ErrClosedPipe
	C.ZSTD_freeDCtx(z.context)
	z.context = nil
	return nil
}
