//go:build linux

package repository

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/convert/splitstream"
)

// Reader is a repository that is only read. It holds the directory's lock, shared, so that no garbage is
// collected. Its methods may be called concurrently.
type Reader struct {
	dir  string
	lock *os.File
}

// OpenReadOnly opens a repository of any algorithm. It waits for the directory's lock.
func OpenReadOnly(dir string) (*Reader, error) {
	m, err := readMeta(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is no composefs repository: it has no %s", dir, metaFile)
	}
	if err != nil {
		return nil, err
	}
	if err := m.readable(); err != nil {
		return nil, fmt.Errorf("composefs repository %s: %w", dir, err)
	}
	lock, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := files.Lock(lock, unix.LOCK_SH); err != nil {
		return nil, files.WithCleanup(err, lock.Close())
	}
	return &Reader{dir, lock}, nil
}

// Close releases the lock.
func (r *Reader) Close() error { return r.lock.Close() }

// Object opens an object by its fs-verity digest in bytes.
func (r *Reader) Object(digest string) (*os.File, error) {
	return os.Open(filepath.Join(r.dir, objectPath(hex.EncodeToString([]byte(digest)))))
}

// Image is a container image in a repository.
type Image struct {
	Manifest, Config []byte  // as they were
	ConfigDigest     string  // sha256 digest of the configuration
	Layers           []Layer // the bottom one first
}

// Layer is a layer of a container image.
type Layer struct {
	DiffID string // sha256 digest of the tar
	Tar    *splitstream.Stream
}

// Names returns the names of the container images.
func (r *Reader) Names() (names []string, err error) {
	found, err := files.Names(filepath.Join(r.dir, "streams/refs/oci"))
	for _, name := range found {
		names = append(names, strings.ReplaceAll(name, "%2F", "/"))
	}
	return names, err
}

// Image returns the container image with a name. The error wraps [fs.ErrNotExist] if there is none.
func (r *Reader) Image(name string) (*Image, error) {
	manifest, err := r.stream(filepath.Join("streams/refs/oci", escape(name)), splitstream.Manifest)
	if err != nil {
		return nil, err
	}
	image := &Image{}
	if image.Manifest, err = r.content(manifest); err != nil {
		return nil, err
	}
	for ref, digest := range manifest.Streams {
		if of, ok := strings.CutPrefix(ref, "config:"); ok {
			image.ConfigDigest = of
			return image, r.addConfig(image, digest)
		}
	}
	return nil, fmt.Errorf("image %s: its manifest names no configuration", name)
}

// addConfig reads the configuration and opens the layers. digest is that of its stream.
func (r *Reader) addConfig(image *Image, digest string) error {
	config, err := r.stream(objectPath(hex.EncodeToString([]byte(digest))), splitstream.Config)
	if err == nil {
		image.Config, err = r.content(config)
	}
	if err != nil {
		return err
	}
	var c struct {
		Rootfs struct {
			DiffIDs []string `json:"diff_ids"`
		} `json:"rootfs"`
	}
	if err := json.Unmarshal(image.Config, &c); err != nil {
		return fmt.Errorf("configuration %s: %w", image.ConfigDigest, err)
	}
	for _, id := range c.Rootfs.DiffIDs {
		digest, ok := config.Streams[id]
		if !ok {
			return fmt.Errorf("configuration %s: the repository lacks layer %s", image.ConfigDigest, id)
		}
		s, err := r.stream(objectPath(hex.EncodeToString([]byte(digest))), splitstream.Layer)
		if err != nil {
			return err
		}
		image.Layers = append(image.Layers, Layer{id, s})
	}
	return nil
}

// stream reads a split stream of a type into memory.
func (r *Reader) stream(path, kind string) (*splitstream.Stream, error) {
	content, err := os.ReadFile(filepath.Join(r.dir, path))
	if err != nil {
		return nil, err
	}
	s, err := splitstream.Open(bytes.NewReader(content), int64(len(content)))
	if err == nil && s.Type != kind {
		err = fmt.Errorf("%w of type %s, but %s", splitstream.ErrFormat, kind, s.Type)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(r.dir, path), err)
	}
	return s, nil
}

// content returns the sequence of a stream.
func (r *Reader) content(s *splitstream.Stream) ([]byte, error) {
	var b bytes.Buffer
	err := r.Copy(s, &b)
	return b.Bytes(), err
}

// Copy writes the sequence of a stream, with the contents of objects.
func (r *Reader) Copy(s *splitstream.Stream, w io.Writer) error {
	return s.Copy(w, func(digest string) (io.ReadCloser, error) { return r.Object(digest) })
}
