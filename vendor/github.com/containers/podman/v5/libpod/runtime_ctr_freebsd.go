//go:build !remote

package libpod

const (
	useDevShm = false
)
