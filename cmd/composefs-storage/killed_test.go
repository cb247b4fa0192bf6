package main

import (
	"bytes"
	"flag"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

var kills = flag.Int("kills", 20, "how often TestKilled kills a command of each kind")

// TestKilled kills commands at instants all over their runs. Afterwards the files must be unchanged or
// complete, and the same command must give the result of an undisturbed one.
func TestKilled(t *testing.T) {
	for name, prepare := range map[string]func(*testing.T) *victim{
		"convert-layer": convertVictim,
		"merge":         mergeVictim,
	} {
		t.Run(name, func(t *testing.T) {
			v := prepare(t)
			v.learn(t)
			r := rand.New(rand.NewPCG(1, 2))
			states := map[string]int{}
			for round := range *kills {
				v.begin(t, round)
				kept := v.keep(t)
				v.kill(t, r)
				state := v.checkKilled(t)
				states[state]++
				if round%2 == 0 { // else the next run meets staged leftovers
					v.checkCollected(t)
				}
				v.run(t)
				v.checkMade(t)
				v.checkCollected(t)
				v.checkMade(t)
				v.verify(t)
				if !maps.Equal(v.keep(t), kept) {
					t.Error("files that the command has no business with have changed")
				}
				if t.Failed() {
					t.Fatalf("round %d, killed with %s", round, state)
				}
			}
			t.Logf("an undisturbed run takes %v; killed with %v", v.took, states)
		})
	}
}

// kill starts the command and kills it at an instant anywhere in its run, or when a
// certain file has appeared, which aims at the end.
func (v *victim) kill(t *testing.T, r *rand.Rand) {
	t.Helper()
	instant := time.Now().Add(time.Duration(r.Int64N(int64(v.took) * 11 / 10)))
	reached := func() bool { return time.Now().After(instant) }
	appears := func(name string) {
		reached = func() bool { _, err := os.Lstat(v.path(name)); return err == nil }
	}
	switch r.IntN(6) {
	case 0:
		appears(v.image)
	case 1:
		appears(filepath.Join(v.diff, v.linked[r.IntN(len(v.linked))]))
	case 2, 3:
		appears(filepath.Join("pool/objects", objects.Path(v.after[r.IntN(len(v.after))])))
	}
	cmd := v.command()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	for !reached() {
		select {
		case <-done:
			return // it was faster
		case <-time.After(100 * time.Microsecond):
		}
	}
	_ = cmd.Process.Kill() // unless it was faster
	<-done
}

// checkKilled checks the leftovers of a killed run, and returns its progress.
func (v *victim) checkKilled(t *testing.T) (state string) {
	t.Helper()
	v.verify(t)
	has := v.objects(t)
	image, err := os.ReadFile(v.path(v.image))
	complete := bytes.Equal(image, v.made)
	if !complete && !os.IsNotExist(err) && string(image) != oldImage {
		t.Errorf("half an image, or %v", err)
	}
	linked := filesBelow(t, v.path(v.diff))
	filled := slices.Equal(linked, v.linked)
	if v.whole && len(linked) > 0 && !filled {
		t.Errorf("%d files in %s, want none or %d", len(linked), v.diff, len(v.linked))
	}
	if (complete || v.whole && filled) && !slices.Equal(has, v.after) || complete && !filled {
		t.Errorf("complete, but the pool has %d objects of %d, %s %d of %d", len(has), len(v.after), v.diff, len(linked), len(v.linked))
	}
	switch {
	case complete:
		return "all done"
	case filled:
		return "no image"
	case len(has) == len(v.after):
		return "all objects"
	case len(has) > len(v.before):
		return "some objects"
	case len(v.staged(t)) > 0:
		return "something staged"
	}
	return "nothing"
}

// checkCollected collects garbage and checks that the pool then has what layers link
// and nothing else.
func (v *victim) checkCollected(t *testing.T) {
	t.Helper()
	v.withPool(t, func(p *objects.Pool) error {
		if _, err := p.Collect(t.Context(), false); err != nil {
			return err
		}
		return p.Walk(t.Context(), func(d verity.Digest, info objects.Info) error {
			if info.Links < 2 {
				t.Errorf("object %s is left, which no layer has", d)
			}
			return nil
		})
	})
	if left := v.staged(t); len(left) > 0 {
		t.Errorf("left in the staging area: %v", left)
	}
	has := v.objects(t)
	for _, d := range v.before {
		if _, found := slices.BinarySearchFunc(has, d, verity.Digest.Compare); !found {
			t.Errorf("object %s is gone, which a layer has", d)
		}
	}
}

// verify checks the contents of all objects.
func (v *victim) verify(t *testing.T) {
	t.Helper()
	v.withPool(t, func(p *objects.Pool) error {
		return p.Verify(t.Context(), func(_ verity.Digest, err error) { t.Error(err) })
	})
}
