//go:build !containers_image_storage_stub

package storage

import (
	digest "github.com/opencontainers/go-digest"

	"github.com/containers/image/v5/internal/blobinfocache"
	"github.com/containers/image/v5/internal/private"
	compressiontypes "github.com/containers/image/v5/pkg/compression/types"
	"github.com/containers/image/v5/types"
	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/pkg/archive"
)

// recordBlob records the registry and the compression of a blob that the driver has read to its end, so
// that a push of the layer finds the blob in the registry. An ordinary pull records the same.
func recordBlob(cache blobinfocache.BlobInfoCache2, source private.BlobChunkAccessor, out *graphdriver.DriverWithDifferOutput) {
	found, ok := out.Artifacts["compression"].(archive.Compression)
	if !ok {
		return
	}
	name := ""
	switch found {
	case archive.Uncompressed:
		name = blobinfocache.Uncompressed
	case archive.Gzip:
		name = compressiontypes.GzipAlgorithmName
	case archive.Zstd:
		name = compressiontypes.ZstdAlgorithmName
	default:
		return
	}
	cache.RecordDigestCompressorData(out.CompressedDigest, blobinfocache.DigestCompressorData{
		BaseVariantCompressor:     name,
		SpecificVariantCompressor: blobinfocache.UnknownCompression,
	})
	if registry, ok := source.(interface {
		RecordKnownLocation(types.BlobInfoCache, digest.Digest)
	}); ok {
		registry.RecordKnownLocation(cache, out.CompressedDigest)
	}
}
