//go:build linux

package trust

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// TestHashOnce checks that a file is read again only after it has changed. A false record shows whether
// the record is used.
func TestHashOnce(t *testing.T) {
	g := &Guard{records: t.TempDir()}
	path := filepath.Join(t.TempDir(), "image")
	write := func(content string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	hash := func() verity.Digest {
		t.Helper()
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close() //nolint:errcheck // open for reading
		d, err := g.sum(f, verity.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	forge := func() (forged verity.Digest) {
		t.Helper()
		records, err := os.ReadDir(g.records)
		if err != nil {
			t.Fatal(err)
		}
		forged = verity.Sum([]byte("forged"))
		for _, r := range records {
			if err := os.WriteFile(filepath.Join(g.records, r.Name()), []byte(forged.String()), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return forged
	}
	write("content")
	if got := hash(); got != verity.Sum([]byte("content")) {
		t.Errorf("the first time: %s", got)
	}
	if forged := forge(); hash() != forged {
		t.Error("an unchanged file is read again")
	}
	for name, change := range map[string]func(){
		"longer": func() { write("contents") },
		"another time": func() {
			if err := os.Chtimes(path, time.Time{}, time.Unix(1, 0)); err != nil {
				t.Fatal(err)
			}
		},
		"another file": func() {
			if err := os.Rename(path, path+".old"); err != nil { // whose inode stays in use
				t.Fatal(err)
			}
			write("content")
		},
	} {
		forge()
		change()
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := hash(); got != verity.Sum(content) {
			t.Errorf("%s: %s, which is not its digest", name, got)
		}
	}
}
