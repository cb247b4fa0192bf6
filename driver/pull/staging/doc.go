// Package staging holds converted layers until the store gives them a place.
//
// containers/storage converts layers without any lock and places them later, perhaps by another
// driver of the same process. A registry of the process finds a layer again by its target, the
// directory of the staged layer.
//
//	Begin ─► objects and image are written ─► Commit: all is durable ─► Keep
//	Take  ─► Place: the layer gets its place by renames ─► Close
//
// The records of the layer for containers/storage wait in a file, from PutAside to Records.
//
// A staged layer holds the lock of the pool, shared, from Begin to Close. Closing a layer without a
// place removes it, and its objects become garbage of the pool. A killed process leaves its staged
// layers, and the next collection removes them. A process that a signal ends removes them itself:
// see [Abandon].
package staging
