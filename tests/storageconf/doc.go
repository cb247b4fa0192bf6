// Package storageconf compares package config with the code whose rules it follows: the
// loader of containers/storage, in a machine made of a few files, and the overlay
// driver with options.
package storageconf
