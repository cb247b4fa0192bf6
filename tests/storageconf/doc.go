// Package storageconf compares package config with those whose rules it follows: the
// loader of containers/storage, in a machine made of a few files, and the overlay
// driver, which gets options.
package storageconf
