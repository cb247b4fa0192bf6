// Package differ has differs of containers/storage, which read the blob of a layer, over blobs
// in memory: the stock one for zstd:chunked layers, and one that gives its blob to the driver
// as hack/graft makes the stock one do.
package differ
