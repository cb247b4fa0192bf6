package blob_test

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	digest "github.com/opencontainers/go-digest"
	"github.com/vbatts/tar-split/tar/asm"
	"github.com/vbatts/tar-split/tar/storage"

	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/driver/pull/blob"
)

// known is the description of a tar.
type known struct {
	split    []byte
	contents map[string]digest.Digest
}

// describe returns the right description of a tar.
func describe(t testing.TB, plain []byte) known {
	t.Helper()
	var split bytes.Buffer
	in, err := asm.NewInputTarStream(bytes.NewReader(plain), storage.NewJSONPacker(&split), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, in); err != nil {
		t.Fatal(err)
	}
	k := known{contents: map[string]digest.Digest{}}
	for r := tar.NewReader(bytes.NewReader(plain)); ; {
		hdr, err := r.Next()
		if err != nil {
			k.split = split.Bytes()
			return k
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if len(content) > 0 {
			k.contents[hdr.Name] = digest.FromBytes(content)
		}
	}
}

// entries reads a tar-split without looking for duplicate names.
type entries struct{ *json.Decoder }

func (e entries) Next() (*storage.Entry, error) {
	entry := new(storage.Entry)
	return entry, e.Decode(entry)
}

// readKnown reads a blob with the known facts k, and asks for its contents as they come.
func readKnown(b []byte, k known) (sum blob.Summary, contents map[string]digest.Digest, err error) {
	layout := blob.NewLayout(entries{json.NewDecoder(bytes.NewReader(k.split))}, maps.All(k.contents))
	contents = map[string]digest.Digest{}
	src := blob.Source{Fetch: (&server{blob: b}).fetch, Size: int64(len(b))}
	sum, err = blob.ReadKnown(context.Background(), src, digest.FromBytes(b), layout, func(e layer.Entries) error {
		for {
			hdr, err := e.Next()
			if err != nil {
				return ignoreEOF(err)
			}
			if hdr.Size == 0 || !fileOf(hdr) {
				continue
			}
			if contents[hdr.Name], err = layout.Content(e.Offset(), hdr.Size); err != nil {
				return err
			}
		}
	})
	return sum, contents, err
}

// TestReadKnown reads tars that match their descriptions.
func TestReadKnown(t *testing.T) {
	for name, plain := range map[string][]byte{"layer": layerTar(t), "empty": make([]byte, 1024), "nothing": {}} {
		k := describe(t, plain)
		sum, contents, err := readKnown(zstded(t, 3, plain), k)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !maps.Equal(contents, k.contents) {
			t.Errorf("%s: %d contents, want %d, or with other digests", name, len(contents), len(k.contents))
		}
		if sum.DiffID != digest.FromBytes(plain) || sum.Size != int64(len(plain)) {
			t.Errorf("%s: summary %+v of a tar of %d bytes", name, sum, len(plain))
		}
	}
}

// checksumOf matches the checksum of a file in a tar-split.
var checksumOf = regexp.MustCompile(`"payload":"[^"]*"`)

// TestLayoutRefused reads tars with wrong descriptions.
func TestLayoutRefused(t *testing.T) {
	plain := layerTar(t)
	truth := describe(t, plain)
	lines := strings.SplitAfter(string(truth.split), "\n")
	wrong := map[string]known{"no tar-split": {nil, truth.contents}}
	split := func(name string, lines ...string) {
		wrong[name] = known{[]byte(strings.Join(lines, "")), truth.contents}
	}
	sums := func(name string, change func(map[string]digest.Digest)) {
		k := known{truth.split, maps.Clone(truth.contents)}
		change(k.contents)
		wrong[name] = k
	}
	small := func(n int) string { return fmt.Sprintf(`"name":"small/%d"`, n) }
	replace := func(old, by string) string {
		if !strings.Contains(string(truth.split), old) {
			t.Fatalf("tar-split has no %s", old)
		}
		return strings.Replace(string(truth.split), old, by, 1)
	}
	last := len(lines) - 2 // the last line ends in a newline
	split("the end is missing", lines[:last]...)
	split("more at the end", append(lines[:last:last], lines[last], lines[last])...)
	split("no JSON", append(lines[:9:9], "no JSON")...)
	split("another header", append(lines[:last:last], strings.Replace(lines[last], "AAAA", "AAAB", 1))...)
	split("other names", strings.NewReplacer(small(8), small(9), small(9), small(8)).Replace(string(truth.split)))
	split("a name twice", replace(small(8), small(9)))
	split("another size", replace(`"size":800`, `"size":801`))
	split("a negative size", replace(`"size":800`, `"size":-800`))
	file := lines[slices.IndexFunc(lines, func(line string) bool { return strings.Contains(line, small(8)) })]
	split("another checksum", replace(file, checksumOf.ReplaceAllString(file, `"payload":"AAAAAAAAAAA="`)))
	sums("another digest", func(m map[string]digest.Digest) { m["small/8"] = m["small/9"] })
	sums("no digest", func(m map[string]digest.Digest) { delete(m, "small/8") })
	sums("no digest of sha256", func(m map[string]digest.Digest) { m["small/8"] = "sha512:" + m["small/8"][7:] })
	sums("no hexadecimal digits", func(m map[string]digest.Digest) { m["small/8"] = "sha256:" + digest.Digest(strings.Repeat("x", 64)) })
	sums("one too many", func(m map[string]digest.Digest) { m["small/100"] = m["small/9"] })
	for name, k := range wrong {
		if _, _, err := readKnown(zstded(t, 3, plain), k); !errors.Is(err, blob.ErrLayout) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLayoutContents checks that contents which nobody asks for, or elsewhere, are not
// taken for others.
func TestLayoutContents(t *testing.T) {
	plain := layerTar(t)
	k := describe(t, plain)
	for name, convert := range map[string]func(*blob.Layout, layer.Entries) error{
		"none": func(_ *blob.Layout, e layer.Entries) error { return e.Rest() },
		"elsewhere": func(l *blob.Layout, e layer.Entries) error {
			if _, err := e.Next(); err != nil {
				return err
			}
			_, err := l.Content(513, size)
			return err
		},
		"before its header": func(l *blob.Layout, _ layer.Entries) error { _, err := l.Content(512, size); return err },
	} {
		layout := blob.NewLayout(entries{json.NewDecoder(bytes.NewReader(k.split))}, maps.All(k.contents))
		src := blob.Source{Fetch: (&server{blob: plain}).fetch, Size: int64(len(plain))}
		_, err := blob.ReadKnown(context.Background(), src, digest.FromBytes(plain), layout, func(e layer.Entries) error { return convert(layout, e) })
		if !errors.Is(err, blob.ErrLayout) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
