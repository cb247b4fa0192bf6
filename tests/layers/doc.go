// Package layers has layers converted and merged, and compares what the result shows
// when it is mounted with what the stock overlay driver shows for the same tars.
package layers
