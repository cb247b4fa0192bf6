package convert_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/dump"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
)

// TestCanonical checks the rules of composefs-rs one by one.
func TestCanonical(t *testing.T) {
	capability := "\x01\x00\x00\x02" + strings.Repeat("\x00", 16)
	escaped := `\x01\x00\x00\x02` + strings.Repeat(`\x00`, 16)
	images, err := convertAll(t, new(layertest.Contents), [][]byte{layertest.Tar(
		layertest.Dir("/").Owner(9, 9, 0o777),
		layertest.Dir("usr").Owner(1, 2, 0o751).Xattr("user.a", "1").Xattr("security.capability", capability),
		layertest.File("usr/f", "small").Xattr("user.a", "1").Xattr("trusted.t", "2").Xattr("security.capability", capability),
		layertest.Dir("run").Owner(3, 4, 0o700).Xattr("user.b", "1"),
		layertest.File("run/lock", "x"), layertest.Link("usr/lock", "run/lock"), layertest.Dir("run/d"),
	)}, 0)
	if err != nil {
		t.Fatal(err)
	}
	const at = "1600000000.123456789"
	for _, keepUser := range []bool{false, true} {
		tr, err := convert.MergeTree(t.Context(), sourcesOf(t, images), false)
		if err != nil {
			t.Fatal(err)
		}
		if err := convert.Canonical(tr, keepUser); err != nil {
			t.Fatal(err)
		}
		want := "/ 0 40751 2 1 2 0 " + at + " - - - security.capability=" + escaped + " user.a=1\n" +
			"/run 0 40700 2 3 4 0 " + at + " - - - user.b=1\n" +
			"/usr 0 40751 2 1 2 0 " + at + " - - - security.capability=" + escaped + " user.a=1\n" +
			"/usr/f 5 100644 1 0 0 0 " + at + " - small - security.capability=" + escaped + " user.a=1\n" +
			"/usr/lock 1 100644 1 0 0 0 " + at + " - x -\n"
		if !keepUser {
			want = strings.NewReplacer(" user.a=1", "", " user.b=1", "").Replace(want)
		}
		var got bytes.Buffer
		if err := dump.Write(&got, tr); err != nil {
			t.Fatal(err)
		}
		if got.String() != want {
			t.Errorf("keep user.*: %t\nhas\n%swant\n%s", keepUser, got.String(), want)
		}
	}
}

// TestNotCanonical has trees that composefs-rs refuses.
func TestNotCanonical(t *testing.T) {
	for want, entries := range map[string][]layertest.Entry{
		"canonical tree: /usr is missing, so the root has no metadata to take": {layertest.Dir("etc")},

		"canonical tree: /usr is not a directory": {layertest.Symlink("usr", "other"), layertest.Dir("other")},
		"canonical tree: /run is not a directory": {layertest.Dir("usr"), layertest.File("run", "x")},
	} {
		images, err := convertAll(t, new(layertest.Contents), [][]byte{layertest.Tar(entries...)}, 0)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		_, err = convert.Merge(t.Context(), sourcesOf(t, images), &out, convert.MergeOptions{OCI: true})
		if err == nil || err.Error() != want || out.Len() > 0 {
			t.Errorf("error %v, %d bytes written, want %s", err, out.Len(), want)
		}
	}
}

// TestCanonicalDeep checks that the work does not grow with the square of the depth: a tar of a few
// kilobytes can contain a very deep tree.
func TestCanonicalDeep(t *testing.T) {
	const depth = 50_000
	images, err := convertAll(t, new(layertest.Contents), [][]byte{layertest.Tar(layertest.Dir("usr"), layertest.Dir(strings.Repeat("d/", depth)))}, 0)
	if err != nil {
		t.Fatal(err)
	}
	tr := mergeTree(t, sourcesOf(t, images), false)
	used := layertest.Allocated(func() { err = convert.Canonical(tr, false) })
	if most := uint64(1 << 10 * depth); err != nil || used > most {
		t.Errorf("error %v, %d bytes allocated, more than %d", err, used, most)
	}
}
