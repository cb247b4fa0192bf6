package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/composefs-storage/composefs-storage/driver/pull/decompress"
)

// partSize is the size of a request in bytes. Each request moves the progress bar of a pull. It is a
// variable for tests.
var partSize uint64 = 8 << 20

// attempts is the number of consecutive requests that may fail or return nothing before Read fails.
const attempts = 4

// Source is a blob that is fetched in ranges.
type Source struct {
	// Fetch requests length bytes from offset on; the stream may end early. A length of math.MaxUint64
	// means all remaining bytes. whole reports that the server supports no ranges: each request costs a
	// download from byte 0 on.
	Fetch func(offset, length uint64) (stream io.ReadCloser, whole bool, err error)

	Size int64 // bytes, -1 if unknown

	Decompress decompress.Choice
}

// ErrRequest is the error of Read if the first request fails. A request for the whole blob may
// succeed.
var ErrRequest = errors.New("the blob cannot be requested in parts")

// parts reads a source from its first byte to its last. It requests the next part while it reads one.
// It requests a failed part again from the byte where it failed. If the server supports no ranges, the
// second request is for all remaining bytes.
type parts struct {
	ctx    context.Context
	src    Source
	step   uint64
	offset uint64 // bytes read so far
	part   io.ReadCloser
	end    uint64 // the end of the part
	next   chan requested
	failed int
}

// requested is the answer to a request.
type requested struct {
	stream io.ReadCloser
	whole  bool
	err    error
}

func newParts(ctx context.Context, src Source) *parts {
	return &parts{ctx: ctx, src: src, step: partSize}
}

func (p *parts) Read(b []byte) (n int, err error) {
	for {
		if p.src.Size >= 0 && p.offset >= uint64(p.src.Size) {
			return 0, io.EOF
		}
		if p.part == nil {
			if err := p.open(); err != nil {
				return 0, err
			}
		}
		if left := p.end - p.offset; uint64(len(b)) > left {
			b = b[:left]
		}
		n, err = p.part.Read(b)
		p.offset += uint64(n)
		if n > 0 {
			p.failed = 0
		}
		if err == nil && p.offset < p.end {
			return n, nil
		}
		p.part.Close() //nolint:errcheck // read as far as possible
		p.part = nil
		if err == io.EOF && p.src.Size < 0 { //nolint:errorlint // the contract of io.Reader
			return n, io.EOF
		}
		if err = p.again(err); n > 0 || err != nil {
			return n, err
		}
	}
}

// again returns nil if Read makes another request after a part has ended with err. A part that ends
// early counts as failed.
func (p *parts) again(err error) error {
	if p.offset >= p.end {
		return nil
	}
	if p.ctx.Err() != nil {
		return p.ctx.Err()
	}
	p.cancelNext()
	if p.failed++; p.failed < attempts && p.src.Size >= 0 {
		return nil
	}
	if err == nil || err == io.EOF { //nolint:errorlint // the contract of io.Reader
		err = io.ErrUnexpectedEOF
	}
	return p.endsEarly(err)
}

func (p *parts) endsEarly(err error) error {
	return fmt.Errorf("blob ends at byte %d of %d: %w", p.offset, p.src.Size, err)
}

// open waits for the next part.
func (p *parts) open() error {
	for {
		if p.next == nil {
			p.request(p.offset)
		}
		r := <-p.next
		p.next = nil
		if r.err == nil {
			p.part, p.end = r.stream, p.partEnd(p.offset)
			if r.whole && p.src.Size >= 0 {
				p.step = uint64(p.src.Size)
			} else if p.src.Size >= 0 && p.end < uint64(p.src.Size) {
				p.request(p.end)
			}
			return nil
		}
		switch p.failed++; {
		case errors.Is(r.err, context.Canceled):
			return r.err
		case p.offset == 0:
			return fmt.Errorf("%w: %w", ErrRequest, r.err)
		case p.failed >= attempts:
			return p.endsEarly(r.err)
		}
	}
}

// partEnd returns the end of the part that begins at offset.
func (p *parts) partEnd(offset uint64) uint64 {
	if p.src.Size < 0 {
		return math.MaxUint64
	}
	return min((offset/p.step+1)*p.step, uint64(p.src.Size))
}

// request requests the part that begins at offset.
func (p *parts) request(offset uint64) {
	next := make(chan requested, 1)
	length := uint64(math.MaxUint64)
	if p.src.Size >= 0 {
		length = p.partEnd(offset) - offset
	}
	go func() {
		s, whole, err := p.src.Fetch(offset, length)
		next <- requested{s, whole, err}
	}()
	p.next = next
}

// cancelNext drops the part that is requested ahead.
func (p *parts) cancelNext() {
	if p.next == nil {
		return
	}
	go func(next chan requested) {
		if r := <-next; r.stream != nil {
			r.stream.Close() //nolint:errcheck // nobody reads it
		}
	}(p.next)
	p.next = nil
}

// Close ends all requests.
func (p *parts) Close() error {
	p.cancelNext()
	if p.part == nil {
		return nil
	}
	return p.part.Close()
}
