//go:build darwin

package applehv

const (
	localhostURI       = "http://localhost"
	ignitionSocketName = "ignition.sock"
)
