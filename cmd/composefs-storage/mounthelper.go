package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"
)

const mountHelperUsage = `Usage:
  mount.composefs FILE DIR -o basedir=OBJECTS[,OPTION...] [-sfnv] [-N NAMESPACE]
                  [-t composefs]
  mount -t composefs FILE DIR -o basedir=OBJECTS[,OPTION...]
  mount.composefs --from-cmdline SYSROOT DIR [-o OPTION...]

Mount the composefs image in FILE on the directory DIR, with the contents of its
files from the object directory OBJECTS. "umount DIR" unmounts it. It takes the
options of mount.composefs 1.0.8, the C program, and those that mount(8) passes on.

With --from-cmdline, mount the image that the kernel's command line names by its
fs-verity digest, composefs=DIGEST or composefs.digest=v1-sha256-12:DIGEST, from the
repository SYSROOT/composefs. The image and all files need fs-verity. With a question
mark before DIGEST, they need it if the image has it. The source of the mount is composefs=DIGEST.

` + mountOptionsUsage + `
  -s   ignore unknown options in LIST
  -f   do everything but mount
  -n   no effect: there is no mtab
  -v   print the mount
  -N   mount in the mount namespace of the process with the ID NAMESPACE, or in that
       of a file; all paths are looked up there
  -t   the type, composefs

Exit codes, as those of mount(8):
  0   mounted
  1   the command line is wrong
  32  the mount failed; standard error has the reason
`

// Exit codes of mount(8).
const (
	mountExitUsage  = 1
	mountExitFailed = 32
)

// mountHelper is the program that mount(8) calls for the type composefs. It returns
// the exit code.
func mountHelper(args []string, s streams) int {
	switch code := s.exitCode(executeRoot(mountHelperCommand(s), args, s)); code {
	case exitOK:
		return exitOK
	case exitUsage:
		return mountExitUsage
	default:
		return mountExitFailed
	}
}

func mountHelperCommand(s streams) *cobra.Command {
	m, namespace, fsType, ignored := mounter{streams: s}, "", "composefs", false
	cmd := &cobra.Command{
		Use:  "mount.composefs FILE|SYSROOT DIR",
		Long: mountHelperUsage,
		Args: exactly("FILE", "DIR"),
	}
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if fsType != "composefs" && !strings.HasPrefix(fsType, "composefs.") {
			return seeHelp(cmd, usageError{fmt.Errorf("mount.composefs does not mount the type %q", fsType)})
		}
		if namespace != "" {
			return m.again(namespace, args)
		}
		return m.run(cmd, args)
	}
	m.addOptions(cmd)
	cmd.Flags().BoolVar(&m.fromCmdline, "from-cmdline", false, "")
	cmd.Flags().BoolVarP(&m.sloppy, "sloppy", "s", false, "")
	cmd.Flags().BoolVarP(&m.fake, "fake", "f", false, "")
	cmd.Flags().BoolVarP(&ignored, "no-mtab", "n", false, "")
	cmd.Flags().BoolVarP(&m.verbose, "verbose", "v", false, "")
	cmd.Flags().StringVarP(&namespace, "namespace", "N", "", "")
	cmd.Flags().StringVarP(&fsType, "types", "t", fsType, "")
	return cmd
}

// again runs the helper in another mount namespace. It returns only with an error. A process with several
// threads cannot enter a mount namespace, but one of its threads can, and execute a program there.
func (m *mounter) again(namespace string, args []string) error {
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
func (m *mounter) flags() (flags []string) {
	for flag, set := range map[string]bool{"--from-cmdline": m.fromCmdline, "-s": m.sloppy, "-f": m.fake, "-v": m.verbose} {
		if set {
			flags = append(flags, flag)
		}
	}
	for _, list := range m.lists {
		flags = append(flags, "-o", list)
	}
	return flags
}
