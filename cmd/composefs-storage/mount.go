package main

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/containers/storage/pkg/unshare"
	"github.com/spf13/cobra"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mounthelper"
)

const mountUsage = `Usage:
  composefs-storage mount FILE DIR -o basedir=OBJECTS[,OPTION...]
  composefs-storage mount IMAGE DIR [-o OPTION...]

Mount the image in FILE on the directory DIR, with the contents of its files from the
object directory OBJECTS, such as POOL/objects; or mount the container image IMAGE of
podman's store. "umount DIR" unmounts it. mount needs root. podman has no record of the
mount, and may remove the container image while it is mounted.

` + mounthelper.OptionsUsage + `
Linked as /sbin/mount.composefs, the program lets mount(8) do the same:

  mount -t composefs FILE DIR -o basedir=OBJECTS
`

func mountCommand(s streams) *cobra.Command {
	m := newMounter("composefs-storage mount", s)
	cmd := &cobra.Command{
		Use:   "mount FILE|IMAGE DIR",
		Short: "Mount an image with its objects",
		Long:  mountUsage,
		Args:  exactly("FILE or IMAGE", "DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			m.Find = findImage(cmd.Context())
			err := withMountHint(m.Mount(args[0], args[1]))
			if errors.As(err, new(mounthelper.UsageError)) {
				return usageError{err}
			}
			return err
		},
	}
	cmd.Flags().StringArrayVarP(&m.Options, "options", "o", nil, "")
	return cmd
}

// mountHelper is the program that mount(8) calls for the type composefs. It returns the exit code.
func mountHelper(args []string, s streams) int {
	m := newMounter("mount.composefs", s)
	m.Find = findImage(context.Background())
	return mounthelper.ExitCode(s.err, withMountHint(m.Run(args)))
}

// newMounter returns a mounter that checks images, and finds their objects.
func newMounter(name string, s streams) *mounthelper.Mounter {
	return &mounthelper.Mounter{Name: name, Out: s.out, Open: openMountable, ObjectsOf: diffBeside}
}

// findImage returns a function that finds a container image by its name.
func findImage(ctx context.Context) func(name string) (mounthelper.Source, bool, error) {
	return func(name string) (source mounthelper.Source, ok bool, err error) {
		if isFile(name) {
			return source, false, nil
		}
		source, err = imagePath(ctx, name)
		return source, true, err
	}
}

// openMountable opens the image at path for reading. It opens an image of an unknown format too: the
// kernel may be able to mount it.
func openMountable(path string) (*os.File, error) {
	_, f, err := openImage(path)
	if errors.Is(err, erofs.ErrUnsupported) {
		return os.Open(path)
	}
	return f, err
}

// withMountHint adds the remedy for a mount without root.
func withMountHint(err error) error {
	if errors.Is(err, fs.ErrPermission) && unshare.IsRootless() {
		return withHint(err, "run the command as root")
	}
	return err
}
