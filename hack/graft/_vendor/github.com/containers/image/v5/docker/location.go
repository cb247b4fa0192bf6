package docker

import (
	digest "github.com/opencontainers/go-digest"

	"github.com/containers/image/v5/types"
)

// RecordKnownLocation records that the registry has a blob, as GetBlob does. GetBlobAt has no cache to do so.
func (s *dockerImageSource) RecordKnownLocation(cache types.BlobInfoCache, blob digest.Digest) {
	cache.RecordKnownLocation(s.physicalRef.Transport(), bicTransportScope(s.physicalRef), blob, newBICLocationReference(s.physicalRef))
}
