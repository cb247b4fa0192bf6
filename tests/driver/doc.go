// Package driver judges the driver through the interface by which containers/storage
// uses it: the stock overlay driver does the same with the same layers, and both show
// the same files, list the same changes, and commit the same layers.
package driver
