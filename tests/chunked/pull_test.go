//go:build linux && (!cgo || exclude_graphdriver_btrfs)

package chunked_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/pkg/archive"
	"github.com/opencontainers/go-digest"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/layer"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/toc"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/tests/differ"
)

// puller pulls layers as a driver would.
type puller struct {
	*differ.Machine
	pool *objects.Pool
	root string
}

func newPuller(t *testing.T) *puller {
	t.Helper()
	root := t.TempDir()
	pool, err := objects.Open(filepath.Join(root, "pool"), objects.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pool.Close(); err != nil {
			t.Error(err)
		}
	})
	return &puller{differ.NewMachine(root), pool, root}
}

// pulled is a layer that has been pulled.
type pulled struct {
	image []byte // the layer image
	diff  string // its object directory
	out   graphdriver.DriverWithDifferOutput
}

// pull pulls a layer. It counts the bytes of contents that it downloads.
func (p *puller) pull(t *testing.T, number int, l []byte) (got pulled, err error) {
	t.Helper()
	id := fmt.Sprintf("layer%d", number)
	b, err := differ.Compress(l)
	if err != nil {
		return got, err
	}
	d, err := p.Differ(t.Context(), b)
	if err != nil {
		return got, err
	}
	defer d.Close() //nolint:errcheck // of the file that out owns
	batch, err := p.pool.BeginStaged()
	if err != nil {
		return got, err
	}
	p.Downloaded.Store(0) // the table of contents
	got.out, err = d.ApplyDiff(batch.Staged(), &archive.TarOptions{}, &graphdriver.DifferOptions{Format: graphdriver.DifferOutputFormatFlat})
	if got.out.TarSplit != nil {
		t.Cleanup(func() { _ = got.out.TarSplit.Close() })
	}
	var image bytes.Buffer
	if err == nil {
		table, bad := toc.Parsed(got.out.Artifacts["toc"])
		if bad != nil {
			t.Fatal(bad)
		}
		defer table.Close() //nolint:errcheck // a pipe
		_, err = convert.FromTOC(t.Context(), table, batch.Adopt, &image, layer.Options{})
	}
	if err == nil {
		err = batch.Commit()
	}
	got.diff = filepath.Join(p.root, id)
	if err == nil {
		err = batch.Place(got.diff)
	}
	if err = errors.Join(err, batch.Close()); err == nil {
		p.Keep(id, got.diff, got.out)
	}
	got.image = image.Bytes()
	return got, err
}

// checkPulled checks a pulled layer: its image is that of the tar, and its directory has
// every content by both names, of which the pool has one.
func (p *puller) checkPulled(t *testing.T, got pulled, l []byte) {
	t.Helper()
	want, err := fromTar(t, l)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.image, want) {
		t.Error("the image is not that of the tar")
	}
	if got.out.UncompressedDigest != digest.FromBytes(l) || got.out.Size != int64(len(l)) {
		t.Errorf("%s of %d bytes, the tar is %s of %d", got.out.UncompressedDigest, got.out.Size, digest.FromBytes(l), len(l))
	}
	for name, content := range filesOf(l) {
		if content == "" {
			continue
		}
		object := objects.Path(verity.Sum([]byte(content)))
		for _, path := range []string{filepath.Join(got.diff, name), filepath.Join(got.diff, object), filepath.Join(p.root, "pool/objects", object)} {
			if b, err := os.ReadFile(path); err != nil || string(b) != content {
				t.Errorf("%s has %d bytes, want %d: %v", path, len(b), len(content), err)
			}
		}
	}
}
