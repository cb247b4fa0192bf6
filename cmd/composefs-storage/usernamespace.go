package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/containers/storage/pkg/unshare"
	"golang.org/x/sys/unix"
)

// enterUserNamespace starts the program again in the user and mount namespaces of the user's podman,
// with the same process ID. There the user may read all files of the store, and the images are mounted
// that its containers use. It returns nil at once for root, and if the program is in a user namespace
// already.
func enterUserNamespace() error {
	if os.Geteuid() == 0 {
		return nil
	}
	nsenter, err := exec.LookPath("nsenter")
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	user, mnt, err := podmanNamespaces()
	if err != nil {
		return err
	}
	args := []string{
		nsenter, fmt.Sprintf("--user=/proc/self/fd/%d", user), fmt.Sprintf("--mount=/proc/self/fd/%d", mnt),
		"--preserve-credentials", "--wdns=" + dir, "--", self,
	}
	env := append(unshare.RootlessEnv(), // which podman unshare sets too
		"_CONTAINERS_ROOTLESS_UID="+strconv.Itoa(unshare.GetRootlessUID()), "_CONTAINERS_ROOTLESS_GID="+strconv.Itoa(unshare.GetRootlessGID()))
	return os.NewSyscallError("execve", unix.Exec(nsenter, append(args, os.Args[1:]...), env))
}

// podmanNamespaces returns descriptors of podman's user and mount namespaces, which nsenter inherits.
// podman makes them if no process of the user has them.
func podmanNamespaces() (user, mnt int, err error) {
	cmd := exec.Command("podman", "unshare", "sh", "-c", "echo $$; exec cat")
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	in, err := cmd.StdinPipe()
	if err != nil {
		return 0, 0, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, 0, err
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	pid := strings.TrimSpace(line)
	if pid != "" {
		user, err = unix.Open("/proc/"+pid+"/ns/user", unix.O_RDONLY, 0)
		if err == nil {
			mnt, err = unix.Open("/proc/"+pid+"/ns/mnt", unix.O_RDONLY, 0)
		}
	}
	err = errors.Join(err, in.Close())
	if exit := cmd.Wait(); exit != nil {
		return 0, 0, &podmanError{strings.TrimPrefix(lastLine(complaints.String()), "Error: ")}
	}
	return user, mnt, err
}

// podmanError is the reason why podman does not start.
type podmanError struct{ reason string }

func (e *podmanError) Error() string { return "podman unshare: " + e.reason }

// lastLine returns the last line of a text.
func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return s[strings.LastIndexByte(s, '\n')+1:]
}
