// Package differ has differs of containers/storage over blobs in memory: the stock one for
// zstd:chunked layers, and one that hands over its blob to the driver, which hack/graft has the
// stock one do.
package differ
