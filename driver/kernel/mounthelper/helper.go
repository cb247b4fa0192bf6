//go:build linux

package mounthelper

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/driver/message"
)

// Exit codes of mount(8).
const (
	exitUsage  = 1
	exitFailed = 32
)

// ExitCode prints an error to w, and returns the exit code of mount(8) for it.
func ExitCode(w io.Writer, err error) int {
	if err == nil {
		return 0
	}
	message.Print(w, err)
	message.PrintHint(w, err)
	if errors.As(err, new(UsageError)) {
		return exitUsage
	}
	return exitFailed
}

// Run does what the command line says, which lacks the name of the program.
func (m *Mounter) Run(args []string) error {
	flags := pflag.NewFlagSet(m.Name, pflag.ContinueOnError)
	help, namespace, fsType := false, "", "composefs"
	flags.BoolVarP(&help, "help", "h", false, "")
	flags.StringArrayVarP(&m.Options, "options", "o", nil, "")
	flags.BoolVar(&m.FromCmdline, "from-cmdline", false, "")
	flags.BoolVarP(&m.Sloppy, "sloppy", "s", false, "")
	flags.BoolVarP(&m.Fake, "fake", "f", false, "")
	flags.BoolP("no-mtab", "n", false, "")
	flags.BoolVarP(&m.Verbose, "verbose", "v", false, "")
	flags.StringVarP(&namespace, "namespace", "N", "", "")
	flags.StringVarP(&fsType, "types", "t", fsType, "")
	if err := flags.Parse(args); err != nil {
		return m.seeHelp(UsageError{err})
	}
	if help {
		_, err := io.WriteString(m.Out, usage)
		return err
	}
	args = flags.Args()
	if err := wrong(args, fsType); err != nil {
		return m.seeHelp(UsageError{err})
	}
	if namespace != "" {
		return m.again(namespace, args)
	}
	return m.Mount(args[0], args[1])
}

// wrong returns an error if there are not two arguments, or if the type is not composefs.
func wrong(args []string, fsType string) error {
	switch {
	case len(args) == 0:
		return errors.New("no FILE given")
	case len(args) == 1:
		return errors.New("no DIR given")
	case len(args) > 2:
		return fmt.Errorf("one FILE and one DIR expected, %d given", len(args))
	case fsType != "composefs" && !strings.HasPrefix(fsType, "composefs."):
		return fmt.Errorf("mount.composefs does not mount the type %q", fsType)
	}
	return nil
}

// again runs the helper in another mount namespace. It returns only with an error. A process with several
// threads cannot enter a mount namespace, but one of its threads can, and execute a program there.
func (m *Mounter) again(namespace string, args []string) error {
	path := namespace
	if _, err := strconv.Atoi(namespace); err == nil {
		path = "/proc/" + namespace + "/ns/mnt"
	}
	ns, err := os.Open(path)
	if err != nil {
		return err
	}
	defer ns.Close() //nolint:errcheck // open for reading
	self, err := os.OpenFile("/proc/self/exe", unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer self.Close()     //nolint:errcheck // O_PATH
	runtime.LockOSThread() // never unlocked: no other goroutine may use this thread
	if err = unix.Unshare(unix.CLONE_FS); err == nil {
		err = unix.Setns(int(ns.Fd()), unix.CLONE_NEWNS)
	}
	if err == nil {
		argv := append([]string{"mount.composefs"}, m.flags()...)
		err = unix.Exec(fmt.Sprintf("/proc/self/fd/%d", self.Fd()), append(append(argv, "--"), args...), os.Environ())
	}
	return fmt.Errorf("enter the mount namespace %s: %w", path, err)
}

// flags returns the command line that sets the options of m.
func (m *Mounter) flags() (flags []string) {
	for flag, set := range map[string]bool{"--from-cmdline": m.FromCmdline, "-s": m.Sloppy, "-f": m.Fake, "-v": m.Verbose} {
		if set {
			flags = append(flags, flag)
		}
	}
	for _, list := range m.Options {
		flags = append(flags, "-o", list)
	}
	return flags
}
