//go:build !remote && linux

package libpod

type rlimT uint64
