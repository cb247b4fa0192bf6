// Package idmap changes the owners of files between user namespaces, as functions that
// package convert applies to layer images.
package idmap
