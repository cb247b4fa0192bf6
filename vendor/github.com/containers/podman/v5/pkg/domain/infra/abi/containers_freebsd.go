//go:build !remote

package abi

const processFileDescriptorsPath = "/dev/fd"
