package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// TestExportMistakes are those in the command line, in the repository and in the store.
func TestExportMistakes(t *testing.T) {
	needs.Root(t)
	root, id := newOCIStore(t, "")
	other := t.TempDir()
	writeText(t, filepath.Join(other, "file"), "x")
	long := t.TempDir()
	call(t, "export", "--no-oci", "--algorithm=sha512", "--repo", long, "app")
	plain := filepath.Join(root, "overlay", "layer1")
	for _, test := range []struct{ command, want string }{
		{"export app", "error: --repo DIR is missing"},
		{"export --repo x --algorithm=md5 app", `error: unknown algorithm "md5": sha256 and sha512 are possible`},
		{"export --repo x --algorithm=sha512 --link app", "error: --link works with --algorithm=sha256 only"},
		{"export --repo x --link --copy app", "error: if any flags in the group [link reflink copy]"},
		{"export --repo x nothing", `error: "nothing": no such image`},
		{"export --repo " + other + " app", "error: " + other + " is no composefs repository: it has files, and no meta.json; give an empty or a new directory"},
		{"export --repo " + long + " app", "error: composefs repository " + long + ": its algorithm is fsverity-sha512-12, not fsverity-sha256-12; choose it with --algorithm"},
		{"export --repo " + filepath.Join(other, "new") + " app", "error: image " + id[:12] + ": layer layer1 is plain, and only composefs layers can be exported\nhint: composefs-storage convert " + id[:12]},
	} {
		if strings.Contains(test.want, "is plain") { // the last one
			if err := os.RemoveAll(filepath.Join(plain, "composefs-data")); err != nil {
				t.Fatal(err)
			}
		}
		var out, complaints bytes.Buffer
		code := run(append([]string{"composefs-storage"}, strings.Fields(test.command)...), streams{nil, &out, &complaints})
		if code == exitOK || out.Len() > 0 || !strings.HasPrefix(complaints.String(), test.want) {
			t.Errorf("%s: exit code %d, %s%s", test.command, code, &out, &complaints)
		}
	}
	for _, made := range []string{"x", filepath.Join(other, "new")} {
		if _, err := os.Stat(made); err == nil {
			t.Errorf("%s was made in spite of a mistake", made)
		}
	}
}
