package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// TestCheckUsage checks the exit codes of wrong command lines.
func TestCheckUsage(t *testing.T) {
	newCheckedStore(t)
	for _, tc := range []struct {
		args string
		code int
	}{
		{"", exitUsage}, {"--all app", exitUsage}, {"--rate x --all", exitUsage}, {"--rate 0 --all", exitUsage},
		{"--all --from x", exitUsage}, {"unknown", exitFailed}, {"--root /nonexistent --all", exitOK},
		{"app", exitOK}, {"--rate 100M app", exitOK},
	} {
		var out, complaints bytes.Buffer
		if got := run(append([]string{"composefs-storage", "check"}, strings.Fields(tc.args)...), streams{nil, &out, &complaints}); got != tc.code {
			t.Errorf("%s: exit code %d, want %d: %s", tc.args, got, tc.code, complaints.String())
		}
	}
}

// TestCheckPrint checks the printed report.
func TestCheckPrint(t *testing.T) {
	c := newCheckedStore(t)
	c.flip(c.pooled(checkedB))
	var out, complaints bytes.Buffer
	run([]string{"composefs-storage", "check", "app"}, streams{nil, &out, &complaints})
	damaged, err := os.ReadFile(c.pooled(checkedB))
	c.must(err)
	want := "damage: object damaged " + digest(checkedB).String() + ": its content has digest " + digest(string(damaged)).String() + `
  layer layer0
  layer layer1
  file of the store ` + c.object("layer0", checkedB) + `
  file of the store ` + c.object("layer1", checkedB) + `
  file of the store ` + c.pooled(checkedB) + `
  in image localhost/app:latest
    /again
    /usr/b
checked: 1 image, 2 layers, 1 merged image, 4 objects with 310 kB in `
	if got := out.String(); !strings.HasPrefix(got, want) || !strings.HasSuffix(got, " s\nfound: 1 damaged, 0 repaired, 0 warnings\n") {
		t.Errorf("%s\nwant\n%s…", got, want)
	}
}
