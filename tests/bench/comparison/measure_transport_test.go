package main

import "testing"

// TestEqual checks that kinds with another result than the first one fail, and other benches do not.
func TestEqual(t *testing.T) {
	l := &lab{agreed: map[string]string{}}
	for _, c := range []struct {
		bench, what, got string
		fails            bool
	}{
		{"app", "image ID", "1", false}, {"app", "image ID", "1", false}, {"app", "image ID", "2", true},
		{"app", "pushed image", "2", false}, {"base", "image ID", "2", false},
	} {
		s := &session{lab: l, bench: bench{name: c.bench}}
		if err := s.equal(c.what, c.got); (err != nil) != c.fails {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
