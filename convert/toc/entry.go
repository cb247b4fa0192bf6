package toc

import (
	"archive/tar"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// entry holds the fields of an entry in a table of contents that matter to trees.
type entry struct {
	Type     string                     `json:"type"`
	Name     checked[string]            `json:"name"`
	Linkname checked[string]            `json:"linkName"`
	Mode     int64                      `json:"mode"`
	Size     int64                      `json:"size"`
	UID      int                        `json:"uid"`
	GID      int                        `json:"gid"`
	ModTime  *time.Time                 `json:"modtime"`
	Devmajor int64                      `json:"devMajor"`
	Devminor int64                      `json:"devMinor"`
	Xattrs   checked[map[string][]byte] `json:"xattrs"` // values are in base64
	Digest   string                     `json:"digest"`
}

// checked is a value whose text must be UTF-8. In other text encoding/json replaces bytes, and the
// file would get another name.
type checked[T any] struct{ value T }

// UnmarshalJSON reads the value.
func (c *checked[T]) UnmarshalJSON(b []byte) error {
	if !utf8.Valid(b) {
		return errors.New("text is not UTF-8")
	}
	return json.Unmarshal(b, &c.value)
}

// typeChunk is the type of an object that describes a further chunk of the entry before it.
const typeChunk = "chunk"

// types are the types of entries.
var types = map[string]byte{
	"reg":      tar.TypeReg,
	"hardlink": tar.TypeLink,
	"char":     tar.TypeChar,
	"block":    tar.TypeBlock,
	"dir":      tar.TypeDir,
	"fifo":     tar.TypeFifo,
	"symlink":  tar.TypeSymlink,
}

// schilyXattr begins the PAX records from which containers/storage makes the table's xattrs
// (minimal.NewFileMetadata).
const schilyXattr = "SCHILY.xattr."

// header returns the tar header of the entry.
func (e *entry) header() (*tar.Header, error) {
	typeflag, ok := types[e.Type]
	if !ok {
		return nil, fmt.Errorf("type %q is unknown", e.Type)
	}
	if strings.IndexByte(e.Name.value, 0) >= 0 || strings.IndexByte(e.Linkname.value, 0) >= 0 {
		return nil, errors.New("a name with a NUL byte") // which no tar has
	}
	hdr := &tar.Header{
		Typeflag: typeflag,
		Name:     e.Name.value,
		Linkname: e.Linkname.value,
		Mode:     e.Mode,
		Size:     e.Size,
		Uid:      e.UID,
		Gid:      e.GID,
		ModTime:  time.Unix(0, 0),
		Devmajor: e.Devmajor,
		Devminor: e.Devminor,
	}
	if e.ModTime != nil {
		hdr.ModTime = *e.ModTime
	}
	if len(e.Xattrs.value) > 0 {
		hdr.PAXRecords = make(map[string]string, len(e.Xattrs.value))
	}
	for name, value := range e.Xattrs.value {
		hdr.PAXRecords[schilyXattr+name] = string(value)
	}
	return hdr, nil
}

// Payload returns the path below the layer's directory of the content with this content sha256
// (pkg/chunked/internal/path: RegularFilePathForValidatedDigest).
func Payload(digest string) (string, error) {
	const shard = 2 // digits
	digits, ok := strings.CutPrefix(digest, "sha256:")
	b, err := hex.DecodeString(digits)
	if !ok || err != nil || len(b) != 32 || strings.ToLower(digits) != digits {
		return "", fmt.Errorf("digest %q is not a sha256", digest)
	}
	return digits[:shard] + "/" + digits[shard:], nil
}
