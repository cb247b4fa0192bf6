//go:build linux && (!cgo || exclude_graphdriver_btrfs)

package differ

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"

	"github.com/containers/storage"
	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/pkg/chunked"
	"github.com/opencontainers/go-digest"
)

// Machine is the part of a containers/storage store that the stock differ uses.
type Machine struct {
	storage.Store               // nil: an unforeseen call panics
	Downloaded    atomic.Uint64 // bytes, also of tables of contents

	runRoot string
	layers  []storage.Layer
	dirs    map[string]string // with the contents of layers, by ID
	bigData map[string][]byte // of layers, by ID and key
}

// NewMachine returns a store without layers.
func NewMachine(runRoot string) *Machine {
	return &Machine{runRoot: runRoot, dirs: map[string]string{}, bigData: map[string][]byte{}}
}

// Differ returns the stock differ of a layer. The caller closes it.
func (m *Machine) Differ(ctx context.Context, c Chunked) (graphdriver.Differ, error) {
	return chunked.NewDiffer(ctx, m, digest.FromBytes(c.Data), int64(len(c.Data)), c.Annotations, registry{c, m})
}

// Keep adds a layer, whose contents are in dir.
func (m *Machine) Keep(id, dir string, out graphdriver.DriverWithDifferOutput) {
	m.layers = append(m.layers, storage.Layer{ID: id})
	m.dirs[id] = filepath.Clean(dir)
	for key, data := range out.BigData {
		m.bigData[id+" "+key] = data
	}
}

// driver is one that could pull partially, if anybody called it.
type driver struct{ graphdriver.DriverWithDiffer }

func (*Machine) GraphDriver() (graphdriver.Driver, error) { return driver{}, nil }
func (*Machine) PullOptions() map[string]string {
	return map[string]string{"enable_partial_images": "true"}
}
func (m *Machine) RunRoot() string                        { return m.runRoot }
func (m *Machine) Layers() ([]storage.Layer, error)       { return m.layers, nil }
func (m *Machine) DifferTarget(id string) (string, error) { return m.dirs[id], nil }

func (m *Machine) LayerBigData(id, key string) (io.ReadCloser, error) {
	data, ok := m.bigData[id+" "+key]
	if !ok {
		return nil, os.ErrNotExist
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

func (m *Machine) SetLayerBigData(id, key string, r io.Reader) (err error) {
	m.bigData[id+" "+key], err = io.ReadAll(r)
	return err
}

// registry is the source of a blob.
type registry struct {
	Chunked
	*Machine
}

// GetBlobAt implements chunked.ImageSourceSeekable.
func (r registry) GetBlobAt(wanted []chunked.ImageSourceChunk) (chan io.ReadCloser, chan error, error) {
	streams, errs := make(chan io.ReadCloser), make(chan error)
	go func() {
		for _, c := range wanted {
			r.Downloaded.Add(c.Length)
			streams <- io.NopCloser(bytes.NewReader(r.Data[c.Offset : c.Offset+c.Length]))
		}
		close(streams) // these may not end before the last was taken
		close(errs)
	}()
	return streams, errs, nil
}
