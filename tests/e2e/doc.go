// Package e2e runs podman as users do, with the stock driver and with ours, and
// compares what containers see.
package e2e
