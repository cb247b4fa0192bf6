// Command mount.composefs is the mount helper for an initramfs: it mounts files, and knows no stores. It is a
// fraction of composefs-storage, which has the same helper.
package main

import (
	"os"

	"github.com/composefs-storage/composefs-storage/driver/kernel/mounthelper"
)

func main() {
	m := &mounthelper.Mounter{Name: "mount.composefs", Out: os.Stdout}
	os.Exit(mounthelper.ExitCode(os.Stderr, m.Run(os.Args[1:])))
}
