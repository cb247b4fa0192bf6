//go:build linux

package contents

import (
	"encoding/json"
	"unicode/utf8"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// tocEntry is an entry of a table of contents, with the fields that LayerFiles of the stock driver
// reads. Source: LayerFlatFileNames in pkg/chunked/dump.
type tocEntry struct {
	Type   string `json:"type"`
	Name   string `json:"name"`
	Digest string `json:"digest"`
}

// Table returns a table of contents with the objects of a layer image, as LayerFiles of the stock
// driver reads it. Each digest is the one by which the object is named, an fs-verity digest. Names
// that JSON cannot represent are left out.
func Table(img *erofs.Image) ([]byte, error) {
	table := struct {
		Version int        `json:"version"`
		Entries []tocEntry `json:"entries"`
	}{Version: 1, Entries: []tocEntry{}}
	err := img.Walk(func(path string, _ uint64, n *tree.Inode) error {
		if n.IsExternal() && !n.Digest.IsZero() && utf8.ValidString(path) {
			table.Entries = append(table.Entries, tocEntry{"reg", path[len("/"):], "sha256:" + n.Digest.String()})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return json.Marshal(table)
}
