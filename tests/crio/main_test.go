//go:build crio

// Package crio_test runs pods by CRI-O with our driver and, as the judge, by CRI-O without it. It is not
// part of the ordinary tests, because CRI-O has modules of its own: "make test-kubernetes" builds it
// and runs them. They need cgroup v1.
package crio_test

import (
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/nodes"
	"github.com/composefs-storage/composefs-storage/tests/podman"
	"github.com/composefs-storage/composefs-storage/tests/seccomp"
)

func TestMain(m *testing.M) {
	nodes.Enter()
	seccomp.Enter()
	podman.Main(m)
}

// both runs a test with plain overlay, which shows that the test is right, and with ours.
func both(t *testing.T, test func(t *testing.T, k kind)) {
	t.Helper()
	t.Parallel()
	for _, k := range []kind{plain, ours} {
		t.Run(k.String(), func(t *testing.T) { test(t, k) })
	}
}

// must fails the test at an error.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
