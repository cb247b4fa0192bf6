package objects_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// TestAlgorithm makes pools by both algorithms. A pool keeps its algorithm and refuses the other one.
func TestAlgorithm(t *testing.T) {
	for a, other := range map[verity.Algorithm]verity.Algorithm{verity.SHA256: verity.SHA512, verity.SHA512: verity.SHA256} {
		dir := filepath.Join(t.TempDir(), "pool")
		if got, err := objects.AlgorithmOf(dir, a); err != nil || got != a {
			t.Errorf("%s: a new pool gets %s, %v", a, got, err)
		}
		for _, wanted := range []verity.Algorithm{a, 0} {
			p, err := objects.Open(dir, objects.Options{Algorithm: wanted})
			if err != nil {
				t.Fatal(err)
			}
			checkPoolBy(t, p, a)
		}
		_, err := objects.Open(dir, objects.Options{Algorithm: other})
		if want := (*objects.AlgorithmError)(nil); !errors.As(err, &want) || want.Is != a || want.Want != other {
			t.Errorf("%s: opened by %s: %v", a, other, err)
		}
		if got, err := objects.AlgorithmOf(dir, other); err != nil || got != a {
			t.Errorf("%s: the pool has %s, %v", a, got, err)
		}
		if _, err := os.Stat(filepath.Join(dir, "algorithm")); (err == nil) != (a == verity.SHA512) {
			t.Errorf("%s: file with the algorithm: %v", a, err)
		}
	}
}

// checkPoolBy adds contents to a pool and closes it.
func checkPoolBy(t *testing.T, p *objects.Pool, a verity.Algorithm) {
	t.Helper()
	defer p.Close() //nolint:errcheck // nothing is left to write
	b, err := p.BeginStaged()
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close() //nolint:errcheck // what counts is committed
	long := strings.Repeat("long", 100_000)
	d, err := b.AddFrom(strings.NewReader(long), int64(len(long)))
	if short := add(t, b, "short"); err != nil || d != a.Sum([]byte(long)) || short != a.Sum([]byte("short")) || b.Algorithm() != a {
		t.Errorf("%s: digests %s, %s, %v", a, d, short, err)
	}
	if err := b.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := p.Verify(t.Context(), func(d verity.Digest, err error) { t.Errorf("%s: %v", d, err) }); err != nil {
		t.Error(err)
	}
	if all := names(t, p); len(all) != 2 {
		t.Errorf("%s: objects %v", a, all)
	}
}

// TestAlgorithmUnknown has a pool of a later version.
func TestAlgorithmUnknown(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "algorithm"), []byte("blake3\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := objects.Open(dir, objects.Options{}); err == nil || !strings.Contains(err.Error(), `algorithm: unknown algorithm "blake3"`) {
		t.Errorf("%v", err)
	}
}

// TestAlgorithmRace makes a pool with both algorithms at the same time. One of them is refused.
func TestAlgorithmRace(t *testing.T) {
	for range 20 {
		dir := t.TempDir()
		var group sync.WaitGroup
		var mu sync.Mutex
		opened := map[verity.Algorithm]error{}
		for _, a := range []verity.Algorithm{verity.SHA256, verity.SHA512} {
			group.Add(1)
			go func() {
				defer group.Done()
				p, err := objects.Open(dir, objects.Options{Algorithm: a})
				if err == nil {
					err = p.Close()
				}
				mu.Lock()
				defer mu.Unlock()
				opened[a] = err
			}()
		}
		group.Wait()
		is, err := objects.AlgorithmOf(dir, 0)
		for a, failed := range opened {
			if err != nil || (failed == nil) != (a == is) {
				t.Errorf("the pool has %s, %v; by %s: %v", is, err, a, failed)
			}
		}
	}
}

// TestAlgorithmHeld makes a pool while a batch of another pool object holds the lock file. That must not
// wait: one process converts the layers of an image, and closes no batch before all have begun.
func TestAlgorithmHeld(t *testing.T) {
	dir := t.TempDir()
	p, err := objects.Open(dir, objects.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close() //nolint:errcheck // nothing was written
	release, err := p.Hold()
	if err != nil {
		t.Fatal(err)
	}
	defer release()                                                  //nolint:errcheck // again
	if err := os.Remove(filepath.Join(dir, "objects")); err != nil { // as if the other had made it later
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		again, err := objects.Open(dir, objects.Options{})
		if err == nil {
			err = again.Close()
		}
		done <- err
	}()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Fatal("making the pool waits for a batch")
	}
}
