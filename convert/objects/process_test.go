package objects_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/objects"
)

var (
	rounds = flag.Int("rounds", 25, "how often each process of TestProcesses adds a layer")
	kills  = flag.Int("kills", 20, "how often TestKilled kills a process")
)

// The tests start copies of themselves that add to a pool or collect its garbage. The environment
// contains their job.
const (
	jobVariable    = "OBJECTS_TEST_JOB" // "add", "collect" or "release"
	poolVariable   = "OBJECTS_TEST_POOL"
	roundsVariable = "OBJECTS_TEST_ROUNDS"
)

const (
	filesOfLayer = 60
	collectEvery = 5 // rounds
)

func TestMain(m *testing.M) {
	job := os.Getenv(jobVariable)
	if job == "" {
		os.Exit(m.Run())
	}
	n, err := strconv.Atoi(os.Getenv(roundsVariable))
	if err == nil {
		err = work(job, os.Getenv(poolVariable), n)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func work(job, pool string, rounds int) error {
	p, err := objects.Open(pool, objects.Options{})
	if err != nil {
		return err
	}
	for i := range rounds {
		// Adding processes sometimes wait for a collection. Otherwise some process would be adding
		// at nearly every instant.
		if job == "collect" || job == "add" && i%collectEvery == 0 {
			if _, err := p.Collect(context.Background(), true); err != nil {
				return err
			}
		}
		if job == "collect" {
			continue
		}
		dir, err := os.MkdirTemp(filepath.Dir(pool), "layer-")
		if err != nil {
			return err
		}
		if job == "release" {
			err = addAndRelease(p, dir)
		} else {
			err = errors.Join(addMany(p, dir, filesOfLayer, i%2 == 0), os.RemoveAll(dir))
		}
		if err != nil {
			return err
		}
	}
	return p.Close()
}

func start(t *testing.T, job, pool string, rounds int) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), jobVariable+"="+job, poolVariable+"="+pool, roundsVariable+"="+strconv.Itoa(rounds))
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// TestProcesses has eight processes add overlapping contents while a ninth collects garbage.
// Nothing may be lost, and nothing may be left when all layers are gone.
func TestProcesses(t *testing.T) {
	pool := filepath.Join(t.TempDir(), "pool")
	runAll(t, pool, append(slices.Repeat([]string{"add"}, 8), "collect"))
	checkEmptyAfterCollect(t, pool)
}

// TestReleaseProcesses has five processes add and remove layers without a collection. The last
// release must leave nothing, or a note.
func TestReleaseProcesses(t *testing.T) {
	pool := filepath.Join(t.TempDir(), "pool")
	runAll(t, pool, slices.Repeat([]string{"release"}, 5))
	p, err := objects.Open(pool, objects.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close() //nolint:errcheck // nothing was written
	checkReleased(t, p)
}

// runAll runs a process for each job, and waits for them.
func runAll(t *testing.T, pool string, jobs []string) {
	t.Helper()
	var all sync.WaitGroup
	for _, job := range jobs {
		cmd := start(t, job, pool, *rounds)
		all.Add(1)
		go func() {
			defer all.Done()
			if err := cmd.Wait(); err != nil {
				t.Error(err)
			}
		}()
	}
	all.Wait()
}

// TestKilled kills a process at random instants while it adds. All objects of the pool must then be
// complete, Collect must remove the half layer, and adding must work.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	pool := filepath.Join(dir, "pool")
	r := rand.New(rand.NewPCG(1, 2))
	for i := range *kills {
		cmd := start(t, []string{"add", "release"}[i%2], pool, 1_000_000)
		time.Sleep(time.Duration(5+r.IntN(60)) * time.Millisecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // killed
		p, err := objects.Open(pool, objects.Options{})
		if err != nil {
			t.Fatal(err)
		}
		checkSound(t, p)
		halves, err := filepath.Glob(filepath.Join(dir, "layer-*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, half := range halves {
			if err := os.RemoveAll(half); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		checkEmptyAfterCollect(t, pool)
	}
	if err := work("add", pool, 1); err != nil {
		t.Errorf("adding after all: %v", err)
	}
}

// checkEmptyAfterCollect checks that Collect removes everything from a pool without layers,
// temporary names included.
func checkEmptyAfterCollect(t *testing.T, pool string) {
	t.Helper()
	p, err := objects.Open(pool, objects.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close() //nolint:errcheck // nothing was written
	checkSound(t, p)
	if _, err := p.Collect(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	for _, pattern := range []string{"objects/*/*", "staging/*", "images/*"} {
		left, err := filepath.Glob(filepath.Join(pool, pattern))
		if err != nil || len(left) > 0 {
			t.Errorf("left in the pool: %q, %v", left, err)
		}
	}
}
