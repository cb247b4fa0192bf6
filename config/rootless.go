package config

// Rootless is what podman without root does with layers: the key rootless in composefs.conf.
type Rootless uint8

const (
	// RootlessFUSE makes layers composefs, and mounts their images by FUSE. Where the kernel cannot do that,
	// layers stay plain.
	RootlessFUSE Rootless = iota
	// RootlessPlain keeps layers plain.
	RootlessPlain
)

// rootlessNames are the values in composefs.conf.
var rootlessNames = [...]string{RootlessFUSE: "fuse", RootlessPlain: "plain"}

// String returns the value in composefs.conf.
func (r Rootless) String() string { return rootlessNames[r] }
