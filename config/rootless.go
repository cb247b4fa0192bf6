package config

// Rootless is what podman without root does with layers: the key rootless in composefs.conf.
type Rootless uint8

const (
	// RootlessPlain keeps layers plain. It is the default until mounts by FUSE are complete.
	RootlessPlain Rootless = iota
	// RootlessFUSE makes layers composefs, and mounts their images by FUSE.
	RootlessFUSE
)

// rootlessNames are the values in composefs.conf.
var rootlessNames = [...]string{RootlessPlain: "plain", RootlessFUSE: "fuse"}

// String returns the value in composefs.conf.
func (r Rootless) String() string { return rootlessNames[r] }
