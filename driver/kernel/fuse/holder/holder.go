package holder

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/containers/storage/pkg/reexec"
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/driver/kernel/mountinfo"
)

// Names of the processes, which reexec finds in os.Args.
const (
	holderName = "composefs-fuse-holder"
	serverName = "composefs-fuse-server"
)

// Descriptors of both processes.
const (
	imageFD      = 3
	connectionFD = 4
	countFD      = 5 // a memory file: see count
	readyFD      = 6 // a pipe to the process that has started the holder
)

// ready is what the server writes to readyFD when it serves; any other text is an error.
const ready = "ready"

func init() {
	reexec.Register(holderName, func() { end(hold(os.Args[1:])) })
	reexec.Register(serverName, func() { end(serve(len(os.Args) > 1)) })
}

func end(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// Start starts processes that serve an image on connection, an open /dev/fuse of which a mount was made. It
// returns when the server answers requests. The processes keep no mount below stores, the directories of
// the store. The caller then closes its connection.
func Start(image, connection *os.File, stores ...string) error {
	counter, err := newCount()
	if err != nil {
		return err
	}
	defer counter.Close() //nolint:errcheck // memory
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer r.Close() //nolint:errcheck // a pipe
	cmd := reexec.Command(append([]string{holderName}, stores...)...)
	cmd.Dir = "/"
	cmd.ExtraFiles = []*os.File{image, connection, counter, w}
	// Without the signal of reexec at the end of the parent: the holder outlives it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Cloneflags: unix.CLONE_NEWNS}
	err = errors.Join(cmd.Start(), w.Close())
	if err != nil {
		return fmt.Errorf("start the FUSE server of an image: %w", err)
	}
	text, err := io.ReadAll(r)
	if err == nil && string(text) == ready {
		return cmd.Process.Release()
	}
	_ = cmd.Wait() // the text says more
	return errors.Join(fmt.Errorf("start the FUSE server of an image: %s", strings.TrimSpace(string(text))), err)
}

// hold starts servers, one after the other, until one ends because nothing is mounted any more.
func hold(stores []string) error {
	pipe := os.NewFile(readyFD, "pipe")
	if err := leave(stores); err != nil {
		return tell(pipe, err)
	}
	shared := []*os.File{os.NewFile(imageFD, "image"), os.NewFile(connectionFD, "/dev/fuse"), os.NewFile(countFD, "count")}
	counter, err := openCount(shared[countFD-imageFD])
	if err != nil {
		return tell(pipe, err)
	}
	for futile := 0; ; {
		before := counter.requests()
		err := run(shared, pipe)
		pipe = nil
		if err == nil || counter.starts() == 0 { // the first server has told its error
			return err
		}
		if futile++; counter.requests() > before {
			futile = 0
		}
		if futile == futileMax {
			return fmt.Errorf("%d servers in a row ended without an answer; the last one: %w", futile, err)
		}
	}
}

// futileMax is the number of servers after which the holder gives up, if none of them has answered a
// request. The mount then fails with ENOTCONN.
const futileMax = 20

// run runs a server to its end. The first one gets the pipe.
func run(shared []*os.File, pipe *os.File) error {
	args, open := []string{serverName, "again"}, shared
	if pipe != nil {
		args, open = args[:1], append(slices.Clone(shared), pipe)
	}
	cmd := reexec.Command(args...)
	cmd.Dir, cmd.Stderr, cmd.ExtraFiles = "/", os.Stderr, open
	cmd.SysProcAttr = nil // without the signal of reexec: a server goes on without a holder
	err := cmd.Start()
	if pipe != nil {
		err = errors.Join(err, pipe.Close()) // only the server's copy is left
	}
	if err == nil {
		err = cmd.Wait()
	}
	if err != nil {
		return fmt.Errorf("FUSE server: %w", err)
	}
	return nil
}

// leave makes the mount namespace of the process one without the mounts of a store.
func leave(stores []string) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_SLAVE, ""); err != nil {
		return fmt.Errorf("leave the mount namespace: %w", err)
	}
	for _, dir := range stores {
		mounts, err := mountinfo.Below(dir)
		if err != nil {
			return fmt.Errorf("leave the mounts of the store: %w", err)
		}
		for i := len(mounts) - 1; i >= 0; i-- {
			err := unix.Unmount(mounts[i], unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW)
			if err != nil && !errors.Is(err, unix.EINVAL) { // it went with another one, or the namespace above has it
				return &os.PathError{Op: "unmount", Path: mounts[i], Err: err}
			}
		}
	}
	return nil
}

// tell sends an error to the process that has started the holder.
func tell(pipe *os.File, err error) error {
	_, werr := io.WriteString(pipe, err.Error())
	return errors.Join(err, werr, pipe.Close())
}
