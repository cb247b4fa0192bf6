package objectstest

import (
	"runtime"
	"sync"
	"testing"
)

// TestBroken checks that every case detects a broken store.
func TestBroken(t *testing.T) {
	for _, c := range cases {
		found := 0
		for _, b := range brokenStores {
			if b.want != c.name {
				continue
			}
			b.store.Memory = new(Memory)
			if !failsOn(t, c.run, b.store) {
				t.Errorf("%q does not find out a store that %s", c.name, b.name)
			}
			found++
		}
		if found == 0 {
			t.Errorf("there is no broken store for %q", c.name)
		}
	}
}

// failsOn reports whether a case fails.
func failsOn(t *testing.T, run func(t testing.TB, s Store), s Store) bool {
	fake := &fakeTB{T: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		run(fake, s)
	}()
	<-done
	fake.mu.Lock()
	defer fake.mu.Unlock()
	return fake.failed
}

// fakeTB notes failures instead of passing them on.
type fakeTB struct {
	*testing.T
	mu     sync.Mutex
	failed bool
}

func (f *fakeTB) Errorf(string, ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.failed = true
}

func (f *fakeTB) Fatalf(format string, args ...any) {
	f.Errorf(format, args...)
	runtime.Goexit()
}

func (f *fakeTB) Error(args ...any) { f.Errorf("") }

func (f *fakeTB) Fatal(args ...any) { f.Fatalf("") }

// TestFakeTB checks that fakeTB records the suite's calls.
func TestFakeTB(t *testing.T) {
	for name, fail := range map[string]func(t testing.TB){
		"Error":  func(t testing.TB) { t.Error("x") },
		"Errorf": func(t testing.TB) { t.Errorf("x") },
		"Fatal":  func(t testing.TB) { t.Fatal("x") },
		"Fatalf": func(t testing.TB) { t.Fatalf("x") },
	} {
		if !failsOn(t, func(t testing.TB, _ Store) { fail(t) }, nil) {
			t.Errorf("%s is not noted", name)
		}
	}
	if failsOn(t, func(testing.TB, Store) {}, nil) {
		t.Error("a case that does nothing fails")
	}
}
