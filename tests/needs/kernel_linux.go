package needs

import (
	"fmt"
	"testing"

	"golang.org/x/sys/unix"
)

// Older reports whether the running kernel is older than a release such as "6.12".
func Older(t testing.TB, release string) bool {
	t.Helper()
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		t.Fatal(err)
	}
	have, want := parse(t, unix.ByteSliceToString(u.Release[:])), parse(t, release)
	return have[0] < want[0] || have[0] == want[0] && have[1] < want[1]
}

func parse(t testing.TB, release string) (v [2]int) {
	if n, _ := fmt.Sscanf(release, "%d.%d", &v[0], &v[1]); n != 2 {
		t.Fatalf("%q is no release of Linux", release)
	}
	return v
}

// Feature ends a test that needs a feature of the kernel which is missing according to err.
// It is a skip only if the kernel is older than the release that has it.
func Feature(t testing.TB, release string, err error) {
	t.Helper()
	switch {
	case err == nil:
	case Older(t, release):
		t.Skip(err)
	default:
		t.Fatalf("the kernel is not older than %s, yet: %v", release, err)
	}
}
