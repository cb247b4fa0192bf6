// Package layers converts and merges layers, mounts the result, and compares its tree
// with that of the stock overlay driver for the same tars.
package layers
