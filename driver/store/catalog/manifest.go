package catalog

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Statement is an annotation of a manifest or a label of a configuration.
type Statement struct {
	Key, Value string
	Source     string // "manifest sha256:…" or "configuration"
}

// Annotations returns the annotations of the image's manifests. It skips manifests of other images. A
// manifest with another digest than in its name is an error.
func (i *Image) Annotations() (list []Statement, err error) {
	for _, digest := range i.Digests {
		text, ok, err := i.manifest(digest)
		if err != nil {
			return nil, err
		}
		var m struct{ Annotations map[string]string }
		if !ok || json.Unmarshal(text, &m) != nil {
			continue
		}
		list = appendSorted(list, m.Annotations, "manifest "+digest)
	}
	return list, nil
}

// Manifest returns the image's manifest and its digest, with the prefix "sha256:". If it has several, for
// example with layers in other compressions, it returns the first.
func (i *Image) Manifest() (digest string, text []byte, err error) {
	for _, digest := range i.Digests {
		text, ok, err := i.manifest(digest)
		if err != nil {
			return "", nil, err
		}
		if ok {
			return digest, text, nil
		}
	}
	return "", nil, fmt.Errorf("image %s has no manifest in the store", i.ID)
}

// Configuration returns the image's configuration.
func (i *Image) Configuration() ([]byte, error) { return i.data("sha256:"+i.ID, "sha256:"+i.ID) }

// manifest returns the manifest with a digest. ok is false if it is that of other images, or missing.
func (i *Image) manifest(digest string) (text []byte, ok bool, err error) {
	text, err = i.data("manifest-"+digest, digest)
	if errors.Is(err, fs.ErrNotExist) {
		text, err = i.data("manifest", digest) // the name in old stores
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	var m struct{ Config struct{ Digest string } }
	if err != nil || json.Unmarshal(text, &m) != nil || m.Config.Digest != "sha256:"+i.ID {
		return nil, false, err // for example a manifest list
	}
	return text, true, nil
}

// Labels returns the labels in the image's configuration, whose digest must be the image's ID.
func (i *Image) Labels() (list []Statement, err error) {
	digest := "sha256:" + i.ID
	text, err := i.data(digest, digest)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var c struct {
		Config struct{ Labels map[string]string }
	}
	if err := json.Unmarshal(text, &c); err != nil {
		return nil, fmt.Errorf("configuration of image %s: %w", i.ID, err)
	}
	return appendSorted(nil, c.Config.Labels, "configuration"), nil
}

func appendSorted(list []Statement, values map[string]string, source string) []Statement {
	for _, key := range slices.Sorted(maps.Keys(values)) {
		list = append(list, Statement{key, values[key], source})
	}
	return list
}

// data returns the image's big data for a key, which must have that digest.
func (i *Image) data(key, digest string) ([]byte, error) {
	file := filepath.Join(i.Store.ImagesDir(), i.ID, fileName(key))
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	if got := "sha256:" + hex.EncodeToString(sum[:]); got != digest {
		return nil, fmt.Errorf("%s is damaged: it has the digest %s, want %s", file, got, digest)
	}
	return text, nil
}

// fileName returns the file name for a key of big data. Source: makeBigDataBaseName in store.go of
// containers/storage.
func fileName(key string) string {
	if strings.Trim(key, ".0123456789abcdefghijklmnopqrstuvwxyz") == "" {
		return key
	}
	return "=" + base64.StdEncoding.EncodeToString([]byte(key))
}
