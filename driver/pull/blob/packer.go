package blob

import (
	"encoding/base64"
	"encoding/json"
	"hash/maphash"
	"io"
	"path/filepath"
	"strconv"

	"github.com/vbatts/tar-split/tar/storage"
)

// packer writes a tar-split, with the bytes that storage.NewJSONPacker writes, without reflection and
// garbage.
type packer struct {
	w        io.Writer
	position int
	names    fileNames
	line     []byte
}

func newPacker(w io.Writer) *packer { return &packer{w: w, names: fileNames{}} }

// fileNames are the cleaned names of the files in a tar-split.
type fileNames map[nameHash]struct{}

// add adds the name of an entry for a file. The error is storage.ErrDuplicatePath if it is there.
func (n fileNames) add(e *storage.Entry) error {
	if e.Type != storage.FileType {
		return nil
	}
	name := hashName(filepath.Clean(e.GetName()))
	if _, ok := n[name]; ok {
		return storage.ErrDuplicatePath
	}
	n[name] = struct{}{}
	return nil
}

// nameHash stands for the name of a file. Names of 100,000 files would take 15 MB.
type nameHash [2]uint64

// seeds are random, so that nobody can make names with equal hashes.
var seeds = [...]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

func hashName(name string) (h nameHash) {
	for i, seed := range seeds {
		h[i] = maphash.String(seed, name)
	}
	return h
}

// AddEntry implements storage.Packer. The name of an entry for a file is new, or the error is
// storage.ErrDuplicatePath.
func (p *packer) AddEntry(e storage.Entry) (int, error) {
	if err := p.names.add(&e); err != nil {
		return -1, err
	}
	e.Position = p.position
	p.line = appendEntry(p.line[:0], &e)
	if _, err := p.w.Write(p.line); err != nil {
		return -1, err
	}
	p.position++
	return e.Position, nil
}

// appendEntry appends an entry in JSON, as a line. Its Name is valid UTF-8, as SetName sees to.
func appendEntry(b []byte, e *storage.Entry) []byte {
	b = append(b, `{"type":`...)
	b = strconv.AppendInt(b, int64(e.Type), 10)
	if e.Name != "" {
		b = append(b, `,"name":`...)
		b = appendString(b, e.Name)
	}
	if len(e.NameRaw) > 0 {
		b = append(b, `,"name_raw":`...)
		b = appendBytes(b, e.NameRaw)
	}
	if e.Size != 0 {
		b = append(b, `,"size":`...)
		b = strconv.AppendInt(b, e.Size, 10)
	}
	b = append(b, `,"payload":`...)
	b = appendBytes(b, e.Payload)
	b = append(b, `,"position":`...)
	b = strconv.AppendInt(b, int64(e.Position), 10)
	return append(b, "}\n"...)
}

// appendString appends a string in JSON.
func appendString(b []byte, s string) []byte {
	if !isPlain(s) {
		text, _ := json.Marshal(s) // never fails for a string
		return append(b, text...)
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// isPlain reports whether JSON has the characters of a string as they are, and encoding/json writes them so.
func isPlain[T string | []byte](s T) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			return false
		}
	}
	return true
}

// appendBytes appends bytes in JSON: in base64, or null.
func appendBytes(b, p []byte) []byte {
	if p == nil {
		return append(b, "null"...)
	}
	b = append(b, '"')
	b = base64.StdEncoding.AppendEncode(b, p)
	return append(b, '"')
}
