// Package layertest has layer tars for tests: a way to write them as values, and odd ones (see
// [Ugly]).
package layertest

import (
	"archive/tar"
	"bytes"
	"fmt"
	"time"
)

// Entry is an entry of a tar: a header with a content, or bytes that archive/tar cannot write.
type Entry struct {
	tar.Header
	Content string
	Raw     []byte
}

// Time is the default modification time of entries.
var Time = time.Unix(1_600_000_000, 123_456_789)

// File is a regular file, 0644.
func File(name, content string) Entry {
	return Entry{Header: tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o644}, Content: content}
}

// Dir is a directory, 0755.
func Dir(name string) Entry {
	return Entry{Header: tar.Header{Typeflag: tar.TypeDir, Name: name, Mode: 0o755}}
}

// Symlink is a symbolic link.
func Symlink(name, target string) Entry {
	return Entry{Header: tar.Header{Typeflag: tar.TypeSymlink, Name: name, Linkname: target, Mode: 0o777}}
}

// Link is a hard link.
func Link(name, target string) Entry {
	return Entry{Header: tar.Header{Typeflag: tar.TypeLink, Name: name, Linkname: target, Mode: 0o644}}
}

// Device is a character device.
func Device(name string, major, minor int64) Entry {
	return Entry{Header: tar.Header{Typeflag: tar.TypeChar, Name: name, Mode: 0o600, Devmajor: major, Devminor: minor}}
}

// Raw is a piece of a tar.
func Raw(b []byte) Entry { return Entry{Raw: b} }

// With returns e with its header changed.
func (e Entry) With(change func(*tar.Header)) Entry {
	change(&e.Header)
	return e
}

// Xattr returns e with an xattr in star's form.
func (e Entry) Xattr(name, value string) Entry { return e.Record("SCHILY.xattr."+name, value) }

// Record returns e with a PAX record.
func (e Entry) Record(key, value string) Entry {
	records := map[string]string{key: value}
	for k, v := range e.PAXRecords {
		records[k] = v
	}
	e.PAXRecords = records
	return e
}

// Owner returns e with owner and permission bits.
func (e Entry) Owner(uid, gid int, perm int64) Entry {
	e.Uid, e.Gid, e.Mode = uid, gid, perm
	return e
}

// Tar returns a tar of the entries. It panics if one cannot be written.
func Tar(entries ...Entry) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range entries {
		err := w.Flush()
		if e.Raw != nil {
			b.Write(e.Raw)
			continue
		}
		e.Size = int64(len(e.Content))
		if e.ModTime.IsZero() {
			e.ModTime = Time
		}
		if e.Format == tar.FormatUnknown {
			e.Format = tar.FormatPAX // the others round times
		}
		if err == nil {
			err = w.WriteHeader(&e.Header)
		}
		if err == nil {
			_, err = w.Write([]byte(e.Content))
		}
		if err != nil {
			panic(fmt.Sprintf("layertest: entry %q: %v", e.Name, err))
		}
	}
	if err := w.Close(); err != nil {
		panic(fmt.Sprintf("layertest: %v", err))
	}
	return b.Bytes()
}
