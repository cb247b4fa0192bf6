package holder

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/containers/storage/pkg/reexec"
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mountinfo"
)

// Names of the processes, which reexec finds in os.Args. The program that starts a holder may have another version
// than the program that becomes one: other arguments or descriptors need other names.
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
	reexec.Register(serverName, func() { end(serve(os.Args[1] == again)) })
}

// first and again are the first argument of a server.
const (
	first = "first"
	again = "again"
)

func end(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// Place is the place of a mount.
type Place struct {
	Point  string   // the mount point
	Note   string   // the file that gets the reason if the holder gives up
	Stores []string // directories: the holder keeps no mounts below them
}

// arguments are the arguments of a holder, and those of a server after the first one: see [List].
func (p Place) arguments(device string) []string {
	return append([]string{device, p.Point, p.Note}, p.Stores...)
}

// Start starts processes that serve an image on connection, an open /dev/fuse. device is the device of the mount
// that was made of it. Start returns when the server answers requests. The caller then closes its connection.
func Start(image, connection *os.File, device string, place Place) error {
	args := append([]string{holderName}, place.arguments(device)...)
	cmd := reexec.Command(args...)
	if path, err := exec.LookPath(smallProgram); err == nil {
		small := exec.Command(path)
		small.Args = args
		if err := start(small, image, connection); !errors.Is(err, errSilent) {
			return err
		}
	}
	return start(cmd, image, connection)
}

// smallProgram serves images as well as the programs that start holders do. It starts faster than podman, and
// needs less memory.
const smallProgram = "composefs-storage"

// errSilent is the error of a program that does not run, or ends without a word: it has not touched the connection.
var errSilent = errors.New("it does not answer")

// start starts a holder, and returns when its server answers requests.
func start(cmd *exec.Cmd, image, connection *os.File) error {
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
	cmd.Dir = "/"
	cmd.ExtraFiles = []*os.File{image, connection, counter, w}
	// Without the signal of reexec at the end of the parent: the holder outlives it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Cloneflags: unix.CLONE_NEWNS}
	err = errors.Join(cmd.Start(), w.Close())
	if err != nil {
		return fmt.Errorf("start the FUSE server of an image: %w: %w", errSilent, err)
	}
	text, err := io.ReadAll(r)
	if err == nil && string(text) == ready {
		return cmd.Process.Release()
	}
	ended := cmd.Wait() // a text has the cause
	if len(text) == 0 {
		return errors.Join(fmt.Errorf("start the FUSE server of an image: %s: %w", cmd.Path, errSilent), ended, err)
	}
	return errors.Join(fmt.Errorf("start the FUSE server of an image: %s", strings.TrimSpace(string(text))), err)
}

// hold starts servers, one after the other, until one ends because nothing is mounted any more.
func hold(args []string) error {
	point, note, stores := args[1], args[2], args[3:]
	pipe := os.NewFile(readyFD, "pipe")
	if err := closeInherited(); err != nil {
		return report(pipe, err)
	}
	if point != "" {
		_ = joinScope() // status reports it
	}
	if err := leave(stores); err != nil {
		return report(pipe, err)
	}
	shared := []*os.File{os.NewFile(imageFD, "image"), os.NewFile(connectionFD, "/dev/fuse"), os.NewFile(countFD, "count")}
	counter, err := openCount(shared[countFD-imageFD])
	if err != nil {
		return report(pipe, err)
	}
	for futile := 0; ; {
		before, start := counter.requests(), time.Now()
		err := run(shared, pipe, args)
		pipe = nil
		if err == nil || counter.starts() == 0 { // the first server has reported its error
			return err
		}
		if futile++; counter.requests() > before || time.Since(start) > steady {
			futile = 0
		}
		if futile == futileMax {
			return giveUp(note, fmt.Errorf("%d servers in a row ended without an answer; the last one: %w", futile, err))
		}
		time.Sleep(time.Duration(futile) * pause)
	}
}

// A holder gives up after futileMax servers in a row that have neither answered a request nor run for the time
// steady. The mount then fails with ENOTCONN. It waits longer before each of them, five seconds in all, because
// memory may be short for a moment only.
const (
	futileMax = 20
	steady    = time.Minute
	pause     = 25 * time.Millisecond
)

// giveUp writes the reason to the note.
func giveUp(note string, reason error) error {
	if note == "" {
		return reason
	}
	return errors.Join(reason, os.WriteFile(note, []byte(reason.Error()), 0o600))
}

// run runs a server to its end. The first one gets the pipe.
func run(shared []*os.File, pipe *os.File, args []string) error {
	turn, open := again, shared
	if pipe != nil {
		turn, open = first, append(slices.Clone(shared), pipe)
	}
	var output bytes.Buffer // of a crash
	cmd := reexec.Command(append([]string{serverName, turn}, args...)...)
	cmd.Dir, cmd.Stderr, cmd.ExtraFiles = "/", &output, open
	cmd.SysProcAttr = nil // without the signal of reexec: a server goes on without a holder
	err := cmd.Start()
	if pipe != nil {
		err = errors.Join(err, pipe.Close()) // only the server's copy is left
	}
	if err == nil {
		err = cmd.Wait()
	}
	if err != nil {
		line, _, _ := strings.Cut(output.String(), "\n")
		return fmt.Errorf("%w %s", err, line)
	}
	return nil
}

// closeInherited closes files that this process has from the callers of podman, such as locks of a script. Those
// that Go has opened are closed at execve(2).
func closeInherited() error {
	names, err := files.Names("/proc/self/fd")
	if err != nil {
		return err
	}
	for _, name := range names {
		fd, err := strconv.Atoi(name)
		if err != nil || fd <= readyFD {
			continue
		}
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil && flags&unix.FD_CLOEXEC == 0 {
			_ = unix.Close(fd)
		}
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

// report sends an error to the process that has started the holder.
func report(pipe *os.File, err error) error {
	_, werr := io.WriteString(pipe, err.Error())
	return errors.Join(err, werr, pipe.Close())
}
