package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
)

// layer is a generated layer: files that no other layer has.
type layer struct {
	name  string
	files int
}

// The files of a layer have 30 to 50 bytes, which ext4 keeps in inodes.
const (
	smallLayer   = 20
	sharedLayers = 9
	deepLayers   = 120
)

// layersOf returns the layers of the image with a tag:
//
//	NAME        nine shared layers and one of its own
//	deep        120 layers
//	files-N-ID  one layer of N files
func layersOf(tag string) (list []layer) {
	var n int
	if _, err := fmt.Sscanf(tag, "files-%d-", &n); err == nil {
		return []layer{{tag, n}}
	}
	shared := sharedLayers
	if tag == "deep" {
		shared = deepLayers - 1
	}
	for i := range shared {
		list = append(list, layer{fmt.Sprintf("shared%d", i), smallLayer})
	}
	return append(list, layer{tag, smallLayer})
}

// write returns the compressed tar of a layer, and the sha256 of the tar.
func (l layer) write() (blob []byte, diffID string, err error) {
	var b bytes.Buffer
	sum := sha256.New()
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		return nil, "", err
	}
	w := tar.NewWriter(writers{sum, z})
	for i := range l.files {
		text := fmt.Sprintf("file %d of layer %s\n", i, l.name)
		h := &tar.Header{Name: fmt.Sprintf("%s/%d/%d", l.name, i/1000, i), Mode: 0o644, Size: int64(len(text))}
		if err := w.WriteHeader(h); err != nil {
			return nil, "", err
		}
		if _, err := w.Write([]byte(text)); err != nil {
			return nil, "", err
		}
	}
	if err := w.Close(); err != nil {
		return nil, "", err
	}
	err = z.Close()
	return b.Bytes(), fmt.Sprintf("sha256:%x", sum.Sum(nil)), err
}

// writers writes to a hash and to a compressor.
type writers [2]interface{ Write([]byte) (int, error) }

func (w writers) Write(p []byte) (int, error) {
	_, _ = w[0].Write(p) // a hash never fails
	return w[1].Write(p)
}

const mediaType = "application/vnd.oci.image."

// descriptor describes a blob.
type descriptor struct {
	MediaType string `json:"mediaType"`
	Digest    string `json:"digest"`
	Size      int    `json:"size"`
}

func digestOf(blob []byte) string { return fmt.Sprintf("sha256:%x", sha256.Sum256(blob)) }

// manifest returns the manifest and the configuration of an image of these layers.
func manifest(layers []descriptor, diffIDs []string) (text, config []byte, err error) {
	config, err = json.Marshal(map[string]any{
		"architecture": "amd64", "os": "linux", "config": struct{}{},
		"rootfs": map[string]any{"type": "layers", "diff_ids": diffIDs},
	})
	if err != nil {
		return nil, nil, err
	}
	text, err = json.Marshal(map[string]any{
		"schemaVersion": 2, "mediaType": mediaType + "manifest.v1+json",
		"config": descriptor{mediaType + "config.v1+json", digestOf(config), len(config)}, "layers": layers,
	})
	return text, config, err
}
