package fuse_test

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/treetest"
	"github.com/composefs-storage/composefs-storage/driver/kernel/fuse"
)

// request returns a request of the kernel.
func request(op uint32, node uint64, body []byte) []byte {
	b := make([]byte, 40, 40+len(body))
	binary.NativeEndian.PutUint32(b, uint32(40+len(body)))
	binary.NativeEndian.PutUint32(b[4:], op)
	binary.NativeEndian.PutUint64(b[8:], 17)
	binary.NativeEndian.PutUint64(b[16:], node)
	return append(b, body...)
}

// FuzzAnswer sends hostile requests about hostile images. An answer has the number of its request and the size that
// it states.
func FuzzAnswer(f *testing.F) {
	var image bytes.Buffer
	if _, err := erofs.Write(&image, treetest.Random(rand.New(rand.NewPCG(1, 1)), 40), erofs.Options{Format: erofs.V1}); err != nil {
		f.Fatal(err)
	}
	read := make([]byte, 40)
	binary.NativeEndian.PutUint32(read[16:], 4096)
	for op := range uint32(54) {
		for _, body := range [][]byte{nil, []byte("name\x00"), read, append(make([]byte, 8), "user.overlay.metacopy\x00"...)} {
			f.Add(image.Bytes(), op, uint64(1), body)
		}
	}
	out := make([]byte, fuse.AnswerMax)
	f.Fuzz(func(t *testing.T, image []byte, op uint32, node uint64, body []byte) {
		view, err := erofs.NewView(image)
		if err != nil {
			return
		}
		s := fuse.NewServer(view, func() {})
		for _, node := range []uint64{node, 1, view.Root()} {
			answer := s.Answer(request(op, node, body), out)
			if answer == nil {
				continue
			}
			if size := binary.NativeEndian.Uint32(answer); int(size) != len(answer) || binary.NativeEndian.Uint64(answer[8:]) != 17 {
				t.Errorf("an answer of %d bytes states %d, and request %d", len(answer), size, binary.NativeEndian.Uint64(answer[8:]))
			}
			if code := int32(binary.NativeEndian.Uint32(answer[4:])); code > 0 || code < -4095 || code != 0 && len(answer) != 16 {
				t.Errorf("error %d in an answer of %d bytes", code, len(answer))
			}
		}
		if s.Answer(body, out) != nil && len(body) < 40 {
			t.Error("an answer to no request")
		}
	})
}
