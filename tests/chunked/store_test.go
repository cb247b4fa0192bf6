//go:build linux && (!cgo || exclude_graphdriver_btrfs)

package chunked_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"

	"github.com/containers/storage"
	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/pkg/chunked"
)

// machine is as much of a containers/storage store as a differ looks at.
type machine struct {
	storage.Store // nil: a call that is not foreseen is to be seen
	runRoot       string
	layers        []storage.Layer
	dirs          map[string]string // where the contents of a layer are
	bigData       map[string][]byte // of layers, by ID and key
	downloaded    atomic.Uint64     // bytes
}

func newMachine(runRoot string) *machine {
	return &machine{runRoot: runRoot, dirs: map[string]string{}, bigData: map[string][]byte{}}
}

// driver is one that could pull partially, if anybody called it.
type driver struct{ graphdriver.DriverWithDiffer }

func (*machine) GraphDriver() (graphdriver.Driver, error) { return driver{}, nil }
func (*machine) PullOptions() map[string]string {
	return map[string]string{"enable_partial_images": "true"}
}
func (m *machine) RunRoot() string                        { return m.runRoot }
func (m *machine) Layers() ([]storage.Layer, error)       { return m.layers, nil }
func (m *machine) DifferTarget(id string) (string, error) { return m.dirs[id], nil }

func (m *machine) LayerBigData(id, key string) (io.ReadCloser, error) {
	data, ok := m.bigData[id+" "+key]
	if !ok {
		return nil, os.ErrNotExist
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

func (m *machine) SetLayerBigData(id, key string, r io.Reader) (err error) {
	m.bigData[id+" "+key], err = io.ReadAll(r)
	return err
}

// keep adds a layer whose contents are in dir.
func (m *machine) keep(id, dir string, out graphdriver.DriverWithDifferOutput) {
	m.layers = append(m.layers, storage.Layer{ID: id})
	m.dirs[id] = filepath.Clean(dir)
	for key, data := range out.BigData {
		m.bigData[id+" "+key] = data
	}
}

// registry is what a blob is downloaded from.
type registry struct {
	blob
	*machine
}

// GetBlobAt implements chunked.ImageSourceSeekable.
func (r registry) GetBlobAt(wanted []chunked.ImageSourceChunk) (chan io.ReadCloser, chan error, error) {
	streams, errs := make(chan io.ReadCloser), make(chan error)
	go func() {
		for _, c := range wanted {
			r.downloaded.Add(c.Length)
			streams <- io.NopCloser(bytes.NewReader(r.data[c.Offset : c.Offset+c.Length]))
		}
		close(streams) // these may not end before the last was taken
		close(errs)
	}()
	return streams, errs, nil
}
