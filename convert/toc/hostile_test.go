package toc_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/toc"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// hostile are invalid tables with a part of the error for each.
var hostile = []struct{ in, want string }{
	{``, `before the first entry: it is truncated`},
	{`[]`, `before the first entry: [ instead of {`},
	{`{}`, `no list of entries`},
	{`{"Entries":[]}`, `no list of entries`},
	{`{"entries":[]`, `before the first entry: it is truncated`},
	{`{"entries":{}}`, `the entries are not a list`},
	{`{"entries":[],"entries":[]}`, `two lists of entries`},
	{`{"entries":[]} x`, `data after its end`},
	{`{"entries":[]}{}`, `data after its end`},
	{`{"version":2,"entries":[]}`, `version 2, only 1 is known`},
	{`{"entries":[],"version":"two"}`, `before the first entry: json: invalid number`},
	{list(`{"type":"dir","name":"d"}`, `{"type":"dir","name":"e"}`)[:60], `after entry "d": it is truncated`},
	{list(`{"type":"dir","name":"d"}`, `{]`), `after entry "d": invalid character ']'`},
	{list(`{"type":"dir","name":"d"} {}`), `after entry "d": expected comma after array element`},
	{list(`7`), `before the first entry: json: cannot unmarshal number`},
	{list(`{"type":"socket","name":"s"}`), `entry "s": type "socket" is unknown`},
	{list(`{"name":"s"}`), `entry "s": type "" is unknown`},
	{list(`{"type":"reg","name":"f","size":"5"}`), `entry "f": "size" cannot be a string`},
	{list(`{"type":"reg","size":1e100,"name":"f"}`), `entry "f": "size" cannot be a number 1e100`},
	{list(`{"type":"dir","name":5}`), `before the first entry: "name" cannot be a number`},
	{list(`{"type":"dir","name":"d","modtime":"yesterday"}`), `entry "d": parsing time`},
	{list(`{"type":"dir","name":"d","xattrs":{"user.a":"?"}}`), `entry "d": illegal base64`},
	{list(`{"type":"dir","name":"d","xattrs":{"user.":""}}`), `entry "d": xattr "user.": invalid name`},
	{list(`{"type":"dir","name":"d","xattrs":{"user.` + "\xff" + `":""}}`), `entry "d": text is not UTF-8`},
	{list("{\"type\":\"dir\",\"name\":\"\xff\"}"), `text is not UTF-8`},
	{list(`{"type":"dir","name":"a\u0000b"}`), `a name with a NUL byte`},
	{list(`{"type":"symlink","name":"l","linkName":"a\u0000b"}`), `entry "l": a name with a NUL byte`},
	{list(`{"type":"reg","name":"f","size":-1}`), `entry "f": invalid size of -1 bytes`},
	{list(`{"type":"reg","name":"f","size":1}`), `entry "f": digest "" is not a sha256`},
	{list(`{"type":"reg","name":"f","size":1,"digest":"sha512` + digest[6:] + `"}`), `is not a sha256`},
	{list(`{"type":"reg","name":"f","size":1,"digest":"` + strings.ToUpper(digest) + `"}`), `is not a sha256`},
	{list(`{"type":"reg","name":"f","size":1,"digest":"sha256:` + digest[9:] + `"}`), `is not a sha256`},
	{list(`{"type":"reg","name":"f","size":1,"digest":"sha256:` + strings.ToUpper(digest[7:]) + `"}`), `is not a sha256`},
	{list(`{"type":"reg","name":"f","size":1,"digest":"sha256:../` + digest[10:] + `"}`), `is not a sha256`},
	{list(`{"type":"hardlink","name":"l","linkName":"f"}`), `entry "l": hard link to "f", which is not in the layer so far`},
	{list(`{"type":"dir","name":"d"}`, `{"type":"dir","name":"`+strings.Repeat("n", 2<<20)+`"}`), `after entry "d": more than 1048576 bytes`},
	{list() + strings.Repeat(" ", 3<<20) + "x", `more than 1048576 bytes`},
	{`{"x":[` + strings.Repeat("1,", 1<<20) + `1],"entries":[]}`, `before the first entry: more than 1048576 bytes`},
	{list(strings.Repeat(`[`, 100_000)), `exceeded max depth`},
}

// TestHostile reads invalid tables of contents.
func TestHostile(t *testing.T) {
	for _, c := range hostile {
		_, err := toc.Read(t.Context(), strings.NewReader(c.in), adopt, layer.Options{})
		if err == nil || !strings.HasPrefix(err.Error(), "table of contents: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.100s: error %v, want %q", c.in, err, c.want)
		}
	}
}

// TestLongEntries reads entries of all valid sizes, one after the other.
func TestLongEntries(t *testing.T) {
	var entries []string
	for i := range 40 {
		size := min(1<<20-200, 1<<(i%21))
		entries = append(entries, fmt.Sprintf(`{"type":"dir","name":"d","ignored":"%s"}`, strings.Repeat("x", size)))
	}
	in := list(entries...)
	for name, r := range map[string]io.Reader{"whole": strings.NewReader(in), "halves": iotest.HalfReader(strings.NewReader(in))} {
		if _, err := toc.Read(t.Context(), r, adopt, layer.Options{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestReaderFails checks that an error of the reader is returned at any place.
func TestReaderFails(t *testing.T) {
	broken := errors.New("broken")
	in := list(`{"type":"dir","name":"d"}`, `{"type":"dir","name":"e"}`)
	for at := range len(in) + 1 {
		r := io.MultiReader(strings.NewReader(in[:at]), iotest.ErrReader(fmt.Errorf("%w: %w", broken, io.EOF)))
		if _, err := toc.Read(t.Context(), r, adopt, layer.Options{}); !errors.Is(err, broken) {
			t.Errorf("at byte %d: error %v", at, err)
		}
	}
}

// TestAdoptLies checks that Adopt must return the content of a small file.
func TestAdoptLies(t *testing.T) {
	nothing := func(string, int64) (verity.Digest, []byte, error) { return verity.Digest{}, nil, nil }
	in := list(`{"type":"reg","name":"f","size":5,"digest":"` + digest + `"}`)
	_, err := toc.Read(t.Context(), strings.NewReader(in), nothing, layer.Options{})
	if err == nil || !strings.Contains(err.Error(), `entry "f": payload 00/1122`) {
		t.Errorf("error %v", err)
	}
}

// FuzzTOC reads damaged tables. Nothing may panic or take memory beyond the tree. If reading
// succeeds, the tree must be the same for every number of workers, and have an image, or the writer
// must name the entry that has none.
func FuzzTOC(f *testing.F) {
	const most = 256 << 10
	for _, c := range hostile {
		if len(c.in) <= 1<<10 {
			f.Add([]byte(c.in))
		}
	}
	for _, in := range seeds {
		f.Add([]byte(in))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > most {
			return
		}
		var image []byte
		used := layertest.Allocated(func() { image = imageOf(t, b, 0) })
		// A small entry takes a few hundred bytes, and each level of a path too.
		const factor, constant = 256, 16 << 20
		if bound := uint64(factor*len(b) + constant); used > bound {
			t.Errorf("%d bytes allocated for a table of %d, at most %d are expected", used, len(b), bound)
		}
		if !bytes.Equal(image, imageOf(t, b, 1)) {
			t.Error("other bytes with one worker")
		}
	})
}
