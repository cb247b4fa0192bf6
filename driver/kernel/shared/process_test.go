//go:build linux

package shared_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount/mounttest"
	"github.com/composefs-storage/composefs-storage/driver/kernel/shared"
)

const (
	processes  = 20
	users      = 12 // fewer than processes, which so follow one another as a user
	killed     = 8
	workerVar  = "COMPOSEFS_TEST_SHARED_WORKER"
	workerTime = 2 * time.Second
)

// TestMain is a worker if the environment has workerVar.
func TestMain(m *testing.M) {
	if dir := os.Getenv(workerVar); dir != "" {
		if err := work(dir, os.Args[1], os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// work mounts and unmounts overlays of one user on shared images. Processes with the
// same user take turns by a lock, as containers/storage has them.
func work(dir, image, user string) error {
	m, place := shared.New(filepath.Join(dir, "run/shared"), byErofs), filepath.Join(dir, "places", user)
	want, err := os.ReadFile(filepath.Join(dir, "content"))
	for end := time.Now().Add(workerTime); err == nil && time.Now().Before(end); {
		err = round(m, image, place, filepath.Join(filepath.Dir(image), "objects"), want)
	}
	return err
}

func round(m *shared.Mounts, image, place, objects string, want []byte) error {
	turn, err := lockFile(place + ".turn")
	if err != nil {
		return err
	}
	defer turn.Close() //nolint:errcheck // closing releases the lock
	l, err := m.Acquire(&mount.Image{Path: image}, place)
	if err != nil {
		return err
	}
	pause()
	err = mount.Do(&mount.Plan{Lowers: []mount.Layer{{File: l.Root}}, Data: []string{objects}}, place)
	if err := errors.Join(err, l.Close()); err != nil {
		return err
	}
	pause()
	got, err := os.ReadFile(filepath.Join(place, "dir/external"))
	if err == nil && !bytes.Equal(got, want) {
		err = fmt.Errorf("%s: read %d bytes, want %d", place, len(got), len(want))
	}
	pause()
	return errors.Join(err, mount.Undo(place), m.Release(place))
}

func pause() { time.Sleep(time.Duration(rand.Intn(2000)) * time.Microsecond) }

// TestProcesses has processes share two images, kills some of them at any point, and
// sweeps up after them.
func TestProcesses(t *testing.T) {
	w := newWorld(t)
	other := mounttest.New(t)
	must(t, os.WriteFile(filepath.Join(w.dir, "content"), []byte(w.sample.Content), 0o600))
	exe, err := os.Executable()
	must(t, err)
	var cmds []*exec.Cmd
	for i := range processes {
		user := strconv.Itoa(i % users)
		w.place(t, user)
		cmd := exec.Command(exe, []string{w.sample.Image, other.Image}[i%2], user)
		cmd.Env, cmd.Stderr = append(os.Environ(), workerVar+"="+w.dir), new(bytes.Buffer)
		must(t, cmd.Start())
		cmds = append(cmds, cmd)
	}
	// From the first of those that are the only process of their user.
	victims := cmds[processes-users : processes-users+killed]
	for _, cmd := range victims {
		time.Sleep(workerTime / (2 * killed))
		must(t, cmd.Process.Kill())
	}
	for i, cmd := range cmds {
		if err := cmd.Wait(); err != nil && !slices.Contains(victims, cmd) {
			t.Errorf("process %d: %v\n%s", i, err, cmd.Stderr)
		}
	}
	if got := mounttest.Mounts(filepath.Join(w.dir, "run")); len(got) > 2 {
		t.Errorf("mounted for two images: %q", got)
	}
	left := mounttest.Mounts(filepath.Join(w.dir, "places"))
	t.Logf("killed processes have left %d overlays", len(left))
	must(t, w.mounts.Sweep())
	if got := mounttest.Mounts(filepath.Join(w.dir, "run")); len(got) != 0 && len(left) == 0 {
		t.Errorf("mounted for no overlay: %q", got)
	}
	for _, at := range left {
		if _, err := os.ReadFile(filepath.Join(at, "dir/external")); err != nil {
			t.Error(err)
		}
		must(t, mount.Undo(at))
	}
	must(t, w.mounts.Sweep())
	w.want(t, 0)
}

func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	return f, unix.Flock(int(f.Fd()), unix.LOCK_EX)
}
