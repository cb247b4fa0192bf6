//go:build !containers_image_storage_stub

package storage

import digest "github.com/opencontainers/go-digest"

// BlobDigest returns the digest of the blob as the manifest has it. A differ of a
// zstd:chunked layer is told nothing but that of the table of contents.
func (f *zstdFetcher) BlobDigest() digest.Digest { return f.blobInfo.Digest }
