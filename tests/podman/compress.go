package podman

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os/exec"

	"github.com/containers/storage/pkg/archive"
	"github.com/containers/storage/pkg/chunked/compressor"
)

// Compression is the compression of an image's layers.
type Compression string

// Chunked is zstd with a table of contents, from which podman can take single files.
// GzipMembers and ZstdFrames are three streams, one behind the other.
const (
	None        Compression = "none"
	Gzip        Compression = "gzip"
	GzipMembers Compression = "gzip members"
	Zstd        Compression = "zstd"
	ZstdFrames  Compression = "zstd frames"
	Chunked     Compression = "zstd:chunked"
	Bzip2       Compression = "bzip2" // by the program of that name, which needs it
	Xz          Compression = "xz"    // the same
)

// mediaType returns the media type of such layers. There are no words for bzip2 and
// xz.
func (c Compression) mediaType() string {
	const tar = mediaTypes + "layer.v1.tar"
	switch c {
	case Gzip, GzipMembers:
		return tar + "+gzip"
	case Zstd, ZstdFrames, Chunked:
		return tar + "+zstd"
	}
	return tar
}

// pack compresses a layer.
func (c Compression) pack(layer []byte) (blob, error) {
	var b bytes.Buffer
	annotations := map[string]string{}
	pieces := 1
	if c == GzipMembers || c == ZstdFrames {
		pieces = 3
	}
	for i := range pieces {
		w, err := c.writer(&b, annotations)
		if err != nil {
			return blob{}, err
		}
		_, err = w.Write(layer[len(layer)*i/pieces : len(layer)*(i+1)/pieces])
		if err = errors.Join(err, w.Close()); err != nil {
			return blob{}, err
		}
	}
	packed := newBlob(c.mediaType(), b.Bytes())
	packed.Annotations = annotations
	return packed, nil
}

func (c Compression) writer(w io.Writer, annotations map[string]string) (io.WriteCloser, error) {
	switch c {
	case None:
		return archive.CompressStream(w, archive.Uncompressed)
	case Gzip, GzipMembers:
		return gzip.NewWriterLevel(w, gzip.BestSpeed)
	case Zstd, ZstdFrames:
		return archive.CompressStream(w, archive.Zstd)
	case Chunked:
		return compressor.ZstdCompressor(w, annotations, nil)
	case Bzip2, Xz:
		return &program{name: string(c), out: w}, nil
	}
	return nil, fmt.Errorf("no compression %q", c)
}

// program compresses by a program.
type program struct {
	name string
	out  io.Writer
	bytes.Buffer
}

func (p *program) Close() error {
	cmd := exec.Command(p.name, "-c")
	cmd.Stdin, cmd.Stdout = &p.Buffer, p.out
	return cmd.Run()
}
