//go:build linux

package e2e_test

// rootOnly are the tests of this package that cannot run as a user, with the reasons: "go test -args
// -rootless" runs all others so.
var rootOnly = map[string]string{
	"TestBrokenDisk": "it mounts a store from a disk that fails",
}
