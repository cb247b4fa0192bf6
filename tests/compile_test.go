package tests

import (
	"fmt"
	"strings"
	"testing"
)

// goBuild stands in for the go command: 250 of the packages are not in the build cache.
const goBuild = `
echo "$*" >>"$LOG"
i=0
[ "$1" = list ] || echo '# runtime/cgo: a warning' >&2
while [ $i -lt 250 ]; do i=$((i + 1)); echo "example.org/package-$i"; done >&"$([ "$1" = list ] && echo 1 || echo 2)"
[ "$1" = list ] || exit "$CODE"`

// TestCompile checks that a build prints its progress, passes on the output of the compiler, and
// fails if the compiler fails.
func TestCompile(t *testing.T) {
	for _, code := range []int{0, 1} {
		s := newScripts(t, "hack/compile.sh", "bash wc", map[string]string{"path/go": goBuild})
		out, got := s.run(t, []string{fmt.Sprint("CODE=", code)}, "hack/compile.sh", "example.org/main", "bin/main", "-trimpath")
		if got != code {
			t.Errorf("exit code %d, want %d", got, code)
		}
		if want := "# runtime/cgo: a warning\nbin/main: 100 of 250 packages\nbin/main: 200 of 250 packages\n"; out != want {
			t.Errorf("it prints %q, want %q", out, want)
		}
		if log := s.log(t); !strings.Contains(log, "build -v -trimpath -o bin/main example.org/main\n") {
			t.Errorf("it runs %s", log)
		}
	}
}
