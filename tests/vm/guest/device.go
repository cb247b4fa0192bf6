package main

import (
	"fmt"
	"os/exec"
	"strings"

	"github.com/composefs-storage/composefs-storage/tests/mounted"
)

// oneDevice fails unless a container stays one device, with inode numbers that stay, when files in
// a directory of its image are changed.
func oneDevice(args []string) error {
	container, dir := args[0], args[1]
	return mounted.CheckOneDevice(func() (string, error) {
		out, err := exec.Command("sh", "-c", `podman unmount "$0" >/dev/null && podman mount "$0"`, container).CombinedOutput()
		if err != nil {
			return "", fmt.Errorf("mount %s: %w: %s", container, err, out)
		}
		return strings.TrimSpace(string(out)), nil
	}, dir)
}
