package objectstest_test

import (
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/objects/objectstest"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

func TestMemory(t *testing.T) {
	objectstest.Test(t, func(*testing.T) objectstest.Store { return new(objectstest.Memory) })
}

// TestMemoryDirectly uses Memory as a layer.Store.
func TestMemoryDirectly(t *testing.T) {
	var m objectstest.Memory
	d, err := m.Add([]byte("content"))
	if err != nil {
		t.Fatal(err)
	}
	e, err := m.AddFrom(strings.NewReader("other"), 5)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.AddFrom(strings.NewReader("short"), 6); err == nil {
		t.Error("a wrong size: no error")
	}
	if c, err := m.Collect(t.Context(), false); err != nil || c.Objects != 0 {
		t.Errorf("Collect: %+v, %v", c, err)
	}
	for digest, want := range map[verity.Digest]string{d: "content", e: "other"} {
		if got, ok := m.Content(digest); string(got) != want || !ok {
			t.Errorf("Content: %q, %v, want %q", got, ok, want)
		}
	}
	if _, ok := m.Content(verity.Digest{}); ok {
		t.Error("Content of a missing object")
	}
}
