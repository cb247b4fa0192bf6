//go:build !remote

package abi

const processFileDescriptorsPath = "/proc/self/fd"
