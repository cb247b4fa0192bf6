// Package staging holds layers that a pull has converted and the store has not yet given a place.
//
// containers/storage converts layers without any lock and places them later, perhaps by
// another driver of the same process. So a layer is found again by a name, its target, in a
// registry of the process.
//
//	Begin ─► objects and image are written ─► Commit: all is durable ─► Keep
//	Take  ─► Place: the layer gets its place by renames ─► Close
//
// A layer that is closed without a place is gone, and its objects are garbage that the pool
// collects. A killed process leaves its staged layers, which the next collection removes. A
// process that a signal ends removes them itself: see [Abandon].
package staging
