// Package graphtest runs the conformance suite of containers/storage for drivers
// (drivers/graphtest) on ours, each case twice. Layers are plain in the first run, because the
// suite writes them into mounts. In the second run each lower layer is committed before the
// next is built on it, as in podman build, so that it is composefs.
package graphtest
