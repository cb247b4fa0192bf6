//go:build linux

package staging

import (
	"fmt"
	"os"
)

// records are the records of the layer for containers/storage, in a file without a name. A table of
// contents may have many megabytes, and a layer may wait long for the layers below it.
type records struct {
	file *os.File
	list []record
}

// record is the place of one record in the file.
type record struct {
	key          string
	offset, size int64
}

// PutAside writes the records of the layer to a file, from which [Layer.Records] reads them. Close
// removes the file.
func (l *Layer) PutAside(data map[string][]byte) (err error) {
	if len(data) == 0 {
		return nil
	}
	r := &l.records
	if r.file, err = l.Temporary("records of the layer"); err != nil {
		return err
	}
	offset := int64(0)
	for key, b := range data {
		if _, err := r.file.Write(b); err != nil {
			return err
		}
		r.list = append(r.list, record{key, offset, int64(len(b))})
		offset += int64(len(b))
	}
	return nil
}

// Records returns what PutAside has written, or nil.
func (l *Layer) Records() (map[string][]byte, error) {
	if l.records.file == nil {
		return nil, nil
	}
	data := map[string][]byte{}
	for _, r := range l.records.list {
		b := make([]byte, r.size)
		if _, err := l.records.file.ReadAt(b, r.offset); err != nil {
			return nil, fmt.Errorf("record %s: %w", r.key, err)
		}
		data[r.key] = b
	}
	return data, nil
}

func (r *records) close() error {
	if r.file == nil {
		return nil
	}
	return r.file.Close()
}
