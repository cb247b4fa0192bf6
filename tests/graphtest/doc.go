// Package graphtest runs the conformance suite of containers/storage for drivers
// (drivers/graphtest) on ours, each case twice: on layers that are plain, since the
// suite makes its layers by writing into mounts, and with each layer that another one is
// built on committed before, as podman build does, so that it is composefs.
package graphtest
