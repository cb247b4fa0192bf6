package blob

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/vbatts/tar-split/tar/storage"
)

// unpacked is the result of Next.
type unpacked struct {
	Entry *storage.Entry
	Err   string
}

// unpackAll returns all results up to the first error.
func unpackAll(u storage.Unpacker) (all []unpacked) {
	for {
		e, err := u.Next()
		if err != nil {
			return append(all, unpacked{Err: err.Error()})
		}
		all = append(all, unpacked{Entry: e})
	}
}

// lines are of packers, and of others.
var lines = []string{
	`{"type":2,"payload":"AAEC","position":0}`,
	`{"type":1,"name":"dir/file","size":12,"payload":"AAAAAAAAAAA=","position":1}`,
	`{"type":1,"name":"\u003c&\"\\","payload":null,"position":2}`,
	`{"type":1,"name_raw":"/w==","payload":"","position":3}`,
	`{"type":1,"name_raw":"","payload":"","position":3}`,
	`{"position":4, "Payload":"AA==" , "type" : 2}`,
	`{"type":2,"payload":"A\u0041==","position":5}`, `{"type":2,"payload":"A","position":5}`, `{"type":2,"payload":"A-==","position":5}`,
	`{"type":02,"payload":null,"position":6}`, `{"type":-2,"payload":null,"position":6}`, `{"type":2,"payload":null,"position":1e0}`,
	`{"type":1,"name":"a","size":9223372036854775808,"payload":null,"position":6}`,
	`{"type":1,"name":"ä","payload":null,"position":6}`, "{\"type\":1,\"name\":\"\xff\",\"payload\":null,\"position\":6}",
	`{"type":1,"name":"dir/../dir/file","payload":null,"position":7}`,
	`{"type":2,"position":8}`, `{"type":2,"payload":null,"position":8,"payload":"AA=="}`, `{}`, `null`, `[]`, ``,
}

// FuzzUnpacker compares with the unpacker of tar-split.
func FuzzUnpacker(f *testing.F) {
	for i, line := range lines {
		f.Add([]byte(strings.Join(lines[:i], "\n") + "\n" + line))
		f.Add([]byte(line + "\n" + lines[0] + "\n"))
		f.Add([]byte(line + lines[0] + "\n"))
	}
	f.Fuzz(func(t *testing.T, split []byte) {
		got, want := unpackAll(newUnpacker(bytes.NewReader(split))), unpackAll(storage.NewJSONUnpacker(bytes.NewReader(split)))
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s\nwant %s", marshal(got), marshal(want))
		}
	})
}

func marshal(all []unpacked) []byte {
	text, _ := json.Marshal(all)
	return text
}

// TestUnpackerLong reads lines that are longer than its buffer, and passes on the error of a reader.
func TestUnpackerLong(t *testing.T) {
	var split bytes.Buffer
	p := newPacker(&split)
	for _, size := range []int{1, 64 << 10, 1 << 20, 2} {
		if _, err := p.AddEntry(storage.Entry{Type: storage.SegmentType, Payload: bytes.Repeat([]byte{'x'}, size)}); err != nil {
			t.Fatal(err)
		}
	}
	broken := errors.New("broken")
	for _, cut := range []int{split.Len(), split.Len() - 2, 1000} {
		read := func() io.Reader {
			return io.MultiReader(bytes.NewReader(split.Bytes()[:cut]), iotest.ErrReader(broken))
		}
		got, want := unpackAll(newUnpacker(read())), unpackAll(storage.NewJSONUnpacker(read()))
		if !reflect.DeepEqual(got, want) || got[len(got)-1].Err != "broken" {
			t.Errorf("%d bytes: %s\nwant %s", cut, marshal(got), marshal(want))
		}
	}
}

// BenchmarkUnpacker reads a tar-split of 10,000 files.
func BenchmarkUnpacker(b *testing.B) {
	var split bytes.Buffer
	p := newPacker(&split)
	for i := range 10_000 {
		for _, e := range []storage.Entry{
			{Type: storage.SegmentType, Payload: bytes.Repeat([]byte{byte(i)}, 512+i%512)},
			{Type: storage.FileType, Name: fmt.Sprintf("usr/share/directory/file%d", i), Size: int64(i), Payload: make([]byte, 8)},
		} {
			_, _ = p.AddEntry(e)
		}
	}
	for name, open := range map[string]func(io.Reader) storage.Unpacker{"ours": newUnpacker, "tar-split": storage.NewJSONUnpacker} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(split.Len()))
			for b.Loop() {
				unpackAll(open(bytes.NewReader(split.Bytes())))
			}
		})
	}
}
