package inplace

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	digest "github.com/opencontainers/go-digest"

	"github.com/composefs-storage/composefs-storage/driver/chain"
)

// record is what containers/storage knows of a layer. Converting changes nothing of it.
type record struct {
	ID     string            `json:"id"`
	DiffID digest.Digest     `json:"diff-digest"` // of its tar; "" if it was never known
	UIDMap []json.RawMessage `json:"uidmap"`
	GIDMap []json.RawMessage `json:"gidmap"`
	Flags  map[string]any    `json:"flags"`

	tarSplit string // the file with its tar-split
}

// record returns the record of a layer that can be converted, or a *Refusal.
func (c *Converter) record(l chain.Layer) (record, error) {
	name := filepath.Join(layersDir(l.Store), "layers.json")
	var list []record
	if err := readJSON(name, &list); err != nil {
		return record{}, err
	}
	for _, r := range list {
		if r.ID != l.ID {
			continue
		}
		incomplete, _ := r.Flags["incomplete"].(bool)
		switch {
		case incomplete:
			return r, &Refusal{Reason: "it is incomplete"}
		case len(r.UIDMap) > 0 || len(r.GIDMap) > 0:
			return r, &Refusal{Reason: "its owners are mapped for a user namespace"}
		}
		var err error
		if r.tarSplit, err = c.tarSplit(l); errors.Is(err, fs.ErrNotExist) {
			return r, &Refusal{Reason: "its tar-split is missing, which says what its tar was; remove the container image and pull it again"}
		}
		return r, err
	}
	return record{}, fmt.Errorf("%s does not list it", name)
}

// layersDir returns where containers/storage keeps what it knows of layers.
func layersDir(s chain.Store) string { return s.Home + "-layers" }

// tarSplit returns the file that says what the layer's tar was, but for contents. Of layers
// in an imagestore the primary store has it. The error wraps fs.ErrNotExist if there is none.
func (c *Converter) tarSplit(l chain.Layer) (name string, err error) {
	for _, s := range []chain.Store{l.Store, c.stores.Primary} {
		name = filepath.Join(layersDir(s), l.ID+".tar-split.gz")
		if _, err = os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return name, err
}

// readJSON reads a file into v, which stays as it is if there is no file.
func readJSON(name string, v any) error {
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		if err = json.Unmarshal(data, v); err != nil {
			err = fmt.Errorf("%s: %w", name, err)
		}
	}
	return err
}
