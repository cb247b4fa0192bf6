package copy

import (
	digest "github.com/opencontainers/go-digest"

	"github.com/containers/image/v5/types"
)

// RecordKnownLocation forwards to the graft of package docker.
func (s *blobChunkAccessorProxy) RecordKnownLocation(cache types.BlobInfoCache, blob digest.Digest) {
	if source, ok := s.wrapped.(interface {
		RecordKnownLocation(types.BlobInfoCache, digest.Digest)
	}); ok {
		source.RecordKnownLocation(cache, blob)
	}
}
