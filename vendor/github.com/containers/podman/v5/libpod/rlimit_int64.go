//go:build !remote && freebsd

package libpod

type rlimT int64
