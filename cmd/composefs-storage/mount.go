package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/containers/storage/pkg/unshare"
	"github.com/spf13/cobra"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/message"
)

const mountUsage = `Usage:
  composefs-storage mount FILE DIR -o basedir=OBJECTS[,OPTION...]
  composefs-storage mount IMAGE DIR [-o OPTION...]

Mount the image in FILE on the directory DIR, with the contents of its files from the
object directory OBJECTS, such as POOL/objects; or mount the container image IMAGE of
podman's store. "umount DIR" unmounts it. mount needs root. podman does not know of the
mount, and may remove the container image while it is mounted.

` + mountOptionsUsage + `
Linked as /sbin/mount.composefs, the program lets mount(8) do the same:

  mount -t composefs FILE DIR -o basedir=OBJECTS
`

const mountOptionsUsage = `Options:
  -o, --options LIST    mount options, with commas between them. A backslash before a
                        comma, colon or backslash makes it part of a name

  basedir=DIR[:DIR...]  where the objects of FILE are. The first that has one counts
  digest=DIGEST         mount only an image that the kernel measures to have this
                        fs-verity digest; implies verity
  verity                open files only if their objects have the fs-verity digests
                        that the image names (Linux 6.6)
  tryverity             verity, if the kernel can do that
  upperdir=DIR          write changes there; without it the mount is read-only. It is
                        complete only together with the image: of a file it may have
                        nothing but changed metadata
  workdir=DIR           needed with upperdir: an empty directory on its file system
  idmap=FILE            show owners as the user namespace FILE maps them, for example
                        /proc/PID/ns/user (Linux 5.19)
  context=LABEL         the SELinux label of all files
  xino=on|auto|off      on: a mount with upperdir is one device, with inode numbers
                        that stay; the kernel's configuration decides without it
  ro, nodev, nosuid, noexec, noatime and the like
                        as in mount(8)
`

func mountCommand(s streams) *cobra.Command {
	m := mounter{streams: s}
	cmd := &cobra.Command{
		Use:   "mount FILE|IMAGE DIR",
		Short: "Mount an image with its objects",
		Long:  mountUsage,
		Args:  exactly("FILE or IMAGE", "DIR"),
		RunE:  m.run,
	}
	m.addOptions(cmd)
	return cmd
}

// mounter holds the options of mount.
type mounter struct {
	streams
	lists                 []string // of options
	sloppy, fake, verbose bool
	fromCmdline           bool // the first argument is a root file system, not an image
}

func (m *mounter) addOptions(cmd *cobra.Command) {
	cmd.Flags().StringArrayVarP(&m.lists, "options", "o", nil, "")
}

// run mounts the first argument on the second.
func (m *mounter) run(cmd *cobra.Command, args []string) error {
	o, err := parseMountOptions(strings.Join(m.lists, ","), m.sloppy)
	if err != nil {
		return seeHelp(cmd, err)
	}
	file, name := args[0], ""
	if m.fromCmdline {
		if file, name, err = o.booted(args[0]); err != nil {
			return err
		}
	}
	source, err := findImage(cmd.Context(), file, o)
	if err != nil {
		return err
	}
	image, err := openMountable(source.image)
	if err != nil {
		return err
	}
	defer image.Close() //nolint:errcheck // open for reading
	plan, err := o.plan(source, image)
	if err != nil {
		return err
	}
	plan.Source = name
	if o.idmap != "" {
		if plan.UserNS, err = os.Open(o.idmap); err != nil {
			return err
		}
		defer plan.UserNS.Close() //nolint:errcheck // open for reading
	}
	if !m.fake {
		if err := mount.Do(plan, args[1]); err != nil {
			return withMountHint(err, source.image)
		}
	}
	if m.verbose {
		_, err = fmt.Fprintf(m.out, "%q: %s\n", args[1], plan)
	}
	return err
}

// mountSource is the image of a mount.
type mountSource struct {
	image    string         // path
	basedirs []string       // where the objects are, if that is known
	digest   *verity.Digest // that it must have, if mounts must be verified
}

// findImage returns the image with a name: the file of that path, or, if it cannot be a path and the
// options have no basedir, a container image.
func findImage(ctx context.Context, name string, o mountOptions) (mountSource, error) {
	if isFile(name) || len(o.basedirs) > 0 {
		return mountSource{image: name}, nil
	}
	return imagePath(ctx, name)
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

// withMountHint adds the remedy for a failed mount.
func withMountHint(err error, image string) error {
	switch {
	case errors.Is(err, fs.ErrPermission) && unshare.IsRootless():
		return withHint(err, "run the command as root")
	case errors.Is(err, verity.ErrNotEnabled):
		return withHint(err, `"fsverity enable %s" does that; first make sure that it is the right image`, message.Word(image))
	}
	return err
}
