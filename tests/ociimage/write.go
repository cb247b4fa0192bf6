package ociimage

import (
	"archive/tar"
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
)

// tarball writes a layer's tar.
type tarball struct {
	buf bytes.Buffer
	w   *tar.Writer
}

func newTarball() *tarball {
	b := new(tarball)
	b.w = tar.NewWriter(&b.buf)
	return b
}

// write writes an entry in the format of its header or, if that cannot express it, in
// one that can. It returns the format.
func (b *tarball) write(h tar.Header, content string) tar.Format {
	h.Size = int64(len(content))
	var err error
	for _, f := range []tar.Format{h.Format, tar.FormatGNU, tar.FormatPAX} {
		h.Format = f
		if err = b.w.WriteHeader(&h); err == nil {
			if _, err = b.w.Write([]byte(content)); err == nil {
				return f
			}
		}
	}
	panic(fmt.Sprintf("ociimage: internal error: %+v: %v", h, err))
}

// close ends the tar with so many bytes of further zeros and returns it.
func (b *tarball) close(padding int) []byte {
	if err := b.w.Close(); err != nil {
		panic(err)
	}
	return append(b.buf.Bytes(), make([]byte, padding)...)
}

// span is a piece of a sparse file that is not a hole.
type span struct{ from, to int }

// writeSparse writes a regular file as GNU tar does with --sparse and
// --sparse-version=0.1 or 1.0, which package tar only reads. Bytes outside of the
// spans, which are in order, must be zeros.
func (b *tarball) writeSparse(h tar.Header, content string, spans []span, version string) {
	var data strings.Builder
	var places []string
	for _, s := range spans {
		places = append(places, strconv.Itoa(s.from), strconv.Itoa(s.to-s.from))
		data.WriteString(content[s.from:s.to])
	}
	records := map[string]string{
		"GNU.sparse.name": h.Name,
		"uid":             strconv.Itoa(h.Uid), "gid": strconv.Itoa(h.Gid),
		"mtime": strconv.FormatInt(h.ModTime.Unix(), 10),
	}
	if h.ModTime.Unix() >= 0 {
		records["mtime"] += fmt.Sprintf(".%09d", h.ModTime.Nanosecond())
	}
	maps.Copy(records, h.PAXRecords)
	body := data.String()
	if version == "0.1" {
		records["GNU.sparse.size"] = strconv.Itoa(len(content))
		records["GNU.sparse.numblocks"] = strconv.Itoa(len(spans))
		records["GNU.sparse.map"] = strings.Join(places, ",")
	} else {
		records["GNU.sparse.major"], records["GNU.sparse.minor"] = "1", "0"
		records["GNU.sparse.realsize"] = strconv.Itoa(len(content))
		list := strconv.Itoa(len(spans)) + "\n"
		if len(places) > 0 {
			list += strings.Join(places, "\n") + "\n"
		}
		body = layertest.Padded(list) + body
	}
	var pax strings.Builder
	for _, key := range slices.Sorted(maps.Keys(records)) {
		pax.WriteString(layertest.PAXRecord(key, records[key]))
	}
	if err := b.w.Flush(); err != nil {
		panic(err)
	}
	b.buf.Write(layertest.RawHeader('x', "PaxHeaders/x", 0, pax.Len(), nil))
	b.buf.WriteString(layertest.Padded(pax.String()))
	b.buf.Write(layertest.RawHeader('0', "GNUSparseFile.0/x", h.Mode, len(body), nil))
	b.buf.WriteString(layertest.Padded(body))
}
