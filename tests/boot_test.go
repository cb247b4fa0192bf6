package tests

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestMergeEtc applies the changes of an administrator to the /etc of a new image, as composefs-boot does.
func TestMergeEtc(t *testing.T) {
	dir := t.TempDir()
	script := func(text string) string {
		t.Helper()
		cmd := exec.Command("sh", "-euc", text)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}
	script(`
		mkdir old old/dir old/moved old/removed
		for f in kept changed both gone dropped mode dir/file moved/file removed/file 'a name'; do echo 1 >"old/$f"; done
		ln -s kept old/link
		cp -a old current; cp -a old new
		cd current; echo me >changed; echo me >both; echo me >'a name'; chmod 600 mode; rm dropped link; ln -s both link
		echo me >moved/file; rm -r removed; rm dir/file; mkdir dir/file; echo me >dir/file/below; mkdir -m 700 own; echo me >own/file
		cd ../new; echo 2 >kept; echo 2 >both; echo 2 >dir/file; echo 2 >mode; rm gone; rm -r moved; echo 2 >added; echo 2 >removed/added`)
	merge := func() ([]byte, error) {
		cmd := exec.Command("../hack/boot/composefs-boot", "merge", filepath.Join(dir, "old"), filepath.Join(dir, "current"), filepath.Join(dir, "new"))
		cmd.Env = append(os.Environ(), "TMPDIR="+dir)
		return cmd.CombinedOutput()
	}
	if out, err := merge(); err != nil || len(out) > 0 {
		t.Fatalf("%v: %s", err, out)
	}
	const want = `a name me
added 2
both me
changed me
dir/file/below me
kept 2
link me
mode 1
moved/file me
own/file me
`
	if got := script(`cd new; find . -type f -o -type l | sort | sed 's,^\./,,' | while read -r f; do echo "$f $(cat "$f")"; done`); got != want {
		t.Errorf("it has\n%swant\n%s", got, want)
	}
	if got := script("stat -c %a new/mode new/own; readlink new/link"); got != "600\n700\nboth\n" {
		t.Errorf("modes and links are %s", got)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "composefs-boot*")); len(left) > 0 {
		t.Errorf("it leaves %q", left)
	}

	script(`touch "current/$(printf 'a\nb')"`)
	if out, err := merge(); err == nil || !strings.Contains(string(out), "has a name with a backslash or control character") {
		t.Errorf("an odd name: %v: %s", err, out)
	}
}
