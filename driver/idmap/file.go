package idmap

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/containers/storage/pkg/idtools"
)

// file is the content of the file of an idmapped layer.
type file struct {
	UIDs []idtools.IDMap `json:"uids"`
	GIDs []idtools.IDMap `json:"gids"`
}

// Write writes the file of an idmapped layer with the maps of a user namespace. It does not sync.
func Write(path string, maps *idtools.IDMappings) error {
	text, err := json.Marshal(file{maps.UIDs(), maps.GIDs()})
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o600)
}

// Read returns the maps in the file of an idmapped layer.
func Read(path string) (*idtools.IDMappings, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var f file
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(f.UIDs) == 0 || len(f.GIDs) == 0 {
		return nil, fmt.Errorf("%s: it has no maps", path)
	}
	return idtools.NewIDMappingsFromMaps(f.UIDs, f.GIDs), nil
}
