//go:build linux

package e2e_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// refusal is a way in which a layer may go wrong.
type refusal struct {
	name    string
	packing podman.Compression
	wrong   func(s *site, layer string) // layer is the second one's blob
	says    string                      // besides naming the blob
}

func flip(b []byte, at int) []byte {
	b = bytes.Clone(b)
	b[at] ^= 0x10
	return b
}

func refusals() []refusal {
	broken := func(change func(b []byte) []byte) func(*site, string) {
		return func(s *site, layer string) { s.Blobs[layer] = change(s.Blobs[layer]) }
	}
	made := func(change func(b []byte) []byte) func(*site, string) {
		return func(s *site, layer string) { s.replace(layer, change(s.Blobs[layer])) }
	}
	cutHalf := func(b []byte) []byte { return b[:len(b)/2] }
	half := func(b []byte) []byte { return flip(b, len(b)/2) }
	resize := func(by int) func(*site, string) {
		return func(s *site, layer string) { s.resize(layer, len(s.Blobs[layer])+by) }
	}
	garbage := func(b []byte) []byte { return append(bytes.Clone(b), "garbage"...) }
	const other, damaged = "the blob is not the one that was asked for: its ", "the blob cannot be decompressed: "
	return []refusal{
		{"other bytes, gzip", podman.Gzip, broken(half), other},
		{"other bytes, zstd", podman.Zstd, broken(half), other},
		{"other bytes, tar", podman.None, broken(half), other},
		{"other bytes at the start", podman.Gzip, broken(func(b []byte) []byte { return flip(b, 0) }), other},
		{"other bytes at the end", podman.Gzip, broken(func(b []byte) []byte { return flip(b, len(b)-1) }), other},
		{"size too small", podman.Gzip, resize(-1000), other},
		{"size 0", podman.Gzip, func(s *site, layer string) { s.resize(layer, 0) }, other + "0 bytes"},
		{"size too large", podman.Gzip, resize(1000), "blob ends at byte 415969 of 416969: "},
		{"damaged gzip", podman.Gzip, made(half), damaged + "gzip: invalid checksum"},
		{"damaged zstd", podman.Zstd, made(half), damaged + "CRC check failed"},
		{"damaged tar", podman.None, made(half), "config claims"},
		{"truncated gzip", podman.Gzip, made(cutHalf), damaged + "unexpected EOF"},
		{"truncated zstd", podman.Zstd, made(cutHalf), damaged + "unexpected EOF"},
		{"truncated tar", podman.None, made(cutHalf), `entry "d/large": the tar is truncated: unexpected EOF`},
		{"no tar", podman.Gzip, made(func([]byte) []byte { return bytes.Repeat([]byte("no tar "), 1000) }), "the first entry: invalid tar header"},
		{"empty", podman.Gzip, made(func([]byte) []byte { return nil }), "config claims"},
		{"garbage behind gzip", podman.Gzip, made(garbage), damaged + "unexpected EOF"},
		{"garbage behind zstd", podman.Zstd, made(garbage), damaged + "invalid input: magic number mismatch"},
		{"garbage behind tar", podman.None, made(garbage), "config claims"},
		{"always cut", podman.Gzip, alwaysCut, "blob ends at byte 1000 of 415969: unexpected EOF"},
		{"refused", podman.Gzip, refuse(http.StatusNotFound), "StatusCode: 404"},
		{"server fails", podman.Gzip, refuse(http.StatusInternalServerError), "500 Internal Server Error"},
		{"another diffID", podman.Gzip, anotherDiffID, "config claims"},
	}
}

// refuse answers requests for the layer with an error.
func refuse(status int) func(*site, string) {
	return func(s *site, layer string) {
		s.answer = func(w http.ResponseWriter, _ *http.Request, digest string, _ int) bool {
			if digest == layer {
				http.Error(w, "no", status)
			}
			return digest == layer
		}
	}
}

// alwaysCut gives a piece of the layer, then nothing.
func alwaysCut(s *site, layer string) {
	s.answer = func(w http.ResponseWriter, r *http.Request, digest string, n int) bool {
		switch {
		case digest != layer:
			return false
		case n == 1:
			cut(w, r, s.Blobs[layer], 1000)
		}
		cut(w, r, s.Blobs[layer], 0)
		return true
	}
}

// anotherDiffID puts a wrong one into the configuration.
func anotherDiffID(s *site, _ string) {
	_, list, _ := bytes.Cut(s.Blobs[s.Config], []byte(`"diff_ids":["`))
	second := strings.Split(string(list), `"`)[2]
	s.replace(s.Config, bytes.ReplaceAll(s.Blobs[s.Config], []byte(second), []byte(podman.Digest(nil))))
}

// TestRefused pulls images with a bad layer: podman reports it, nothing is left,
// and the image as it should be can be pulled.
func TestRefused(t *testing.T) {
	t.Parallel()
	store := podman.NewStore(t)
	for _, c := range refusals() {
		t.Run(c.name, func(t *testing.T) {
			p, img := store.Podman(t, podman.Ours, podman.Options{}), victim(c.packing)
			want := seenPlain(t, img)
			s := newSite(t, img)
			c.wrong(s, s.Layers[1])
			_, err := p.Try("pull", "-q", "--retry=0", s.ref)
			checkFailed(t, p, err, c.says)
			if err != nil && !strings.Contains(err.Error(), "blob "+s.Layers[1]+":") {
				t.Errorf("layer %s is not named: %v", s.Layers[1], err)
			}
			s.right(t, img)
			p.Run("pull", "-q", s.ref)
			same(t, "wanted and pulled", want, seen(t, p, s.ref))
			p.Run("rmi", s.ref)
			checkEmpty(t, p)
		})
	}
}
