//go:build linux

package oldkernel

import (
	"sync"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/seccomp"
)

// Kernel is an old kernel for the duration of a test.
type Kernel struct {
	*seccomp.Server
	release Release

	mu   sync.Mutex
	data map[context]bool // whether the last layer of contexts is data-only
}

// New returns a kernel of that release.
func New(t testing.TB, release Release) *Kernel {
	t.Helper()
	k := &Kernel{release: release, data: map[context]bool{}}
	k.Server = seccomp.New(t, calls, k.refuse)
	return k
}

// Enter is for TestMain: if the process is one that [seccomp.Server.Command] has started, it
// becomes the command, and Enter does not return.
func Enter() { seccomp.Enter() }
