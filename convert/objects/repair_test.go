package objects_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// damagedObject is a pool with a damaged object that two layers have.
func damagedObject(t *testing.T) (p *objects.Pool, d verity.Digest, names []string) {
	t.Helper()
	p = open(t)
	for range 2 {
		dir := layer(t, p, func(b *objects.Batch) { d = add(t, b, "content") })
		names = append(names, filepath.Join(dir, objects.Path(d)))
	}
	if err := os.WriteFile(p.ObjectPath(d), []byte("EVIL"), 0o600); err != nil {
		t.Fatal(err)
	}
	return p, d, names
}

func repair(t *testing.T, p *objects.Pool, fn func(r *objects.Repair) error) error {
	t.Helper()
	r, err := p.BeginRepair()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Collect(t.Context(), false); !errors.Is(err, objects.ErrBusy) {
		t.Errorf("collecting while repairing: %v", err)
	}
	err = fn(r)
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	return err
}

// checkOne checks that all names are links to one file with that content, and that nothing else is
// left.
func checkOne(t *testing.T, p *objects.Pool, d verity.Digest, want string, names ...string) {
	t.Helper()
	first, err := os.Stat(p.ObjectPath(d))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(names, p.ObjectPath(d)) {
		got, err := os.ReadFile(name)
		if err != nil || string(got) != want {
			t.Errorf("%s: %q, %v, want %q", name, got, err, want)
		}
		if info, err := os.Stat(name); err != nil || !os.SameFile(first, info) {
			t.Errorf("%s is another file: %v", name, err)
		}
	}
	for _, pattern := range []string{".tmp-*", "*/.tmp-*"} {
		if left, _ := filepath.Glob(filepath.Join(filepath.Dir(filepath.Dir(p.ObjectPath(d))), pattern)); len(left) > 0 {
			t.Errorf("left: %s", left)
		}
	}
}

func TestRepairWrite(t *testing.T) {
	p, d, names := damagedObject(t)
	all := append(names, p.ObjectPath(d))
	err := repair(t, p, func(r *objects.Repair) error { return r.Write(d, strings.NewReader("wrong"), all) })
	if !errors.Is(err, objects.ErrDamaged) {
		t.Errorf("a wrong content: %v", err)
	}
	checkOne(t, p, d, "EVIL", names...)
	if err := os.Remove(names[0]); err != nil { // a name may be missing
		t.Fatal(err)
	}
	if err := repair(t, p, func(r *objects.Repair) error { return r.Write(d, strings.NewReader("content"), all) }); err != nil {
		t.Error(err)
	}
	checkOne(t, p, d, "content", names...)
}

func TestRepairLink(t *testing.T) {
	p, d, names := damagedObject(t)
	path := filepath.Join(filepath.Dir(filepath.Dir(filepath.Dir(p.ObjectPath(d)))), "good")
	for _, content := range []string{"wrong", "content"} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		good, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		err = repair(t, p, func(r *objects.Repair) error { return r.Link(d, good, append(names, p.ObjectPath(d))) })
		if (err == nil) != (content == "content") {
			t.Errorf("%s: %v", content, err)
		}
		_ = good.Close() // open for reading
	}
	checkOne(t, p, d, "content", append(names, path)...)
}

// TestForget checks that the next layer with a content repairs the layers with the damaged object.
// One of them has been removed.
func TestForget(t *testing.T) {
	p, d, names := damagedObject(t)
	gone := filepath.Dir(filepath.Dir(names[1]))
	if err := repair(t, p, func(r *objects.Repair) error { return r.Forget(d, names) }); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(p.ObjectPath(d)); !os.IsNotExist(err) {
		t.Errorf("the pool still has it: %v", err)
	}
	if list, err := p.Damaged(); err != nil || len(list) != 1 || list[0] != d {
		t.Errorf("noted: %v, %v", list, err)
	}
	if err := os.RemoveAll(gone); err != nil {
		t.Fatal(err)
	}
	layer(t, p, func(b *objects.Batch) { add(t, b, "something else") })
	checkContent(t, filepath.Dir(filepath.Dir(names[0])), d, "EVIL")
	dir := layer(t, p, func(b *objects.Batch) { add(t, b, "content") })
	checkOne(t, p, d, "content", names[0], filepath.Join(dir, objects.Path(d)))
	if _, err := os.Lstat(gone); !os.IsNotExist(err) {
		t.Errorf("the layer that is gone: %v", err)
	}
	if list, err := p.Damaged(); err != nil || len(list) > 0 {
		t.Errorf("still noted: %v, %v", list, err)
	}
}
