//go:build linux

package graphtest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestWithoutRoot runs TestSuite in a user namespace of a user who may use FUSE.
func TestWithoutRoot(t *testing.T) {
	needs.Root(t)
	needs.Program(t, "newuidmap", "uidmap")
	dir, err := os.MkdirTemp(needs.Disk(t), "graphtest-user-*")
	must(t, err)
	defer os.RemoveAll(dir) //nolint:errcheck // t reports what stays mounted
	user, err := podman.NewUser(dir)
	must(t, err)
	program, tmp, conf := filepath.Join(dir, "graphtest"), filepath.Join(dir, "tmp"), filepath.Join(dir, "composefs.conf")
	self, err := os.Executable()
	must(t, err)
	text, err := os.ReadFile(self)
	must(t, err)
	must(t, errors.Join(
		os.Chmod(dir, 0o755), os.WriteFile(program, text, 0o755), os.WriteFile(conf, []byte("rootless = \"fuse\"\n"), 0o644),
		os.Mkdir(tmp, 0o700), os.Lchown(tmp, podman.UserID, podman.UserID),
	))
	cmd := user.Command(t.Context(), "unshare", "--map-root-user", "--map-auto", "--mount", "--propagation=private",
		program, "-test.v", "-test.run=^TestSuite$")
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "TMPDIR=" + tmp, "HOME=" + dir, "CONTAINERS_COMPOSEFS_CONF=" + conf,
		inUserNamespace + "=done", fmt.Sprintf("_CONTAINERS_ROOTLESS_UID=%d", podman.UserID),
	}
	out, err := cmd.CombinedOutput()
	t.Log(string(out))
	if err != nil || !strings.Contains(string(out), "--- PASS: TestSuite/"+committed) || strings.Contains(string(out), "--- SKIP") {
		t.Errorf("as a user: %v", err)
	}
}

// forUser is a test of the suite. In a user namespace it passes over the set-user-ID bit of files: the suite writes to
// a file after it has set the bit, and the kernel then clears it, but for root outside of user namespaces.
type forUser struct{ testing.TB }

func (t forUser) Errorf(format string, args ...any) {
	t.Helper()
	text := fmt.Sprintf(format, args...)
	if os.Getenv(inUserNamespace) != "" && setUserID.MatchString(text) {
		t.Log(text)
		return
	}
	t.TB.Error(text)
}

var setUserID = regexp.MustCompile(`expected: 0x800000\s+actual  : 0x0\n`)

// inUserNamespace is a variable that containers/storage looks at.
const inUserNamespace = "_CONTAINERS_USERNS_CONFIGURED"
