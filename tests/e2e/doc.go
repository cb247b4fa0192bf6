// Package e2e runs podman as users do, with the stock driver and with ours, and
// compares the trees of containers.
package e2e
