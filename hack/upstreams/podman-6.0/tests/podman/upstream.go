package podman

// This file contains all of the tests that depends on the version of podman: this one is for podman 6.

// needsCgroup2 reports whether podman ends with an error where /sys/fs/cgroup is cgroup v1.
const needsCgroup2 = true

// NoSlirp4netns is the reason why containers cannot use slirp4netns, or "".
const NoSlirp4netns = "podman 6 has no slirp4netns any more, and netavark 2, which it needs for networks, is not in Debian"

// ImageStoreWarning is the warning of "podman rmi" with an imagestore, or "". containers/storage 1.63 moves
// symlinks of the graph root to the imagestore, which rename(2) cannot do between mounts.
const ImageStoreWarning = "Failed to remove link"
