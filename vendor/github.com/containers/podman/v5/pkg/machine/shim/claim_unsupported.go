//go:build !darwin

package shim

func findClaimHelper() string {
	return ""
}
