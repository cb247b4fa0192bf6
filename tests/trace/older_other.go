//go:build linux && !amd64

package trace

import "github.com/composefs-storage/composefs-storage/tests/seccomp"

var (
	older      []seccomp.Rule
	olderForms map[uint32]form
)
