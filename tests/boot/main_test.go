//go:build boot

// Package boot_test boots a host from container images, in machines whose kernel has fs-verity: docs/bootable.md.
// "make test-boot" fetches its files and runs it.
package boot_test

import (
	"flag"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/podman"
)

var (
	base   = flag.String("base", "", "`tar` of a system with a kernel: hack/boot/base.sh prints it")
	tools  = flag.String("tools", "", "`tar` of a system with ukify: hack/boot/base.sh prints it")
	policy = flag.String("policy", "", "`tar` of a system with a kernel and an SELinux policy: hack/boot/base.sh prints it")
	number = flag.Int("cuts", len(cuts), "how often the power is cut in an update")
)

func TestMain(m *testing.M) {
	flag.Parse()
	podman.Main(m)
}
