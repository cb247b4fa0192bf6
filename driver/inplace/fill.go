//go:build linux

package inplace

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/store/catalog"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// A mount of composefs may leave two things in the upper directory of a container that a plain mount by
// the stock driver does not: metacopy files, and renamed directories whose entries are in a layer below
// (redirect_dir=on). The stock driver cannot open the former, and commits the latter without their
// entries.

// FillContainers completes the upper directories of containers with plain layers only: metacopy files
// get their contents, and renamed directories their entries. It looks for metacopy files in containers
// with a mark only. If an incomplete container is mounted, the error is a [*Refusal]. FillContainers
// takes the lock of the layers for each container.
func (c *Converter) FillContainers(ctx context.Context) error {
	containers, err := catalog.Containers(c.stores.Primary, c.runRoot)
	if err != nil {
		return err
	}
	var failed error
	for _, container := range containers {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := c.fillContainer(ctx, container.Layer); err != nil && failed == nil {
			failed = fmt.Errorf("container %s: %w", container.Name(), err)
		}
	}
	return failed
}

// fillContainer completes one container. After an error or a crash the container still works, and the
// next call continues.
func (c *Converter) fillContainer(ctx context.Context, id string) error {
	unlock, err := c.lock()
	if err != nil {
		return err
	}
	defer unlock()
	layers, err := c.stores.Chain(id)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil || layers.Composefs() || len(layers) == 1 {
		return err
	}
	f, err := findUnfilled(layers[0])
	if err != nil {
		return err
	}
	if len(f.files)+len(f.dirs) > 0 {
		if err := c.inUse(layers[0]); err != nil {
			return err
		}
		if err := f.fill(ctx, layers); err != nil {
			return err
		}
	}
	return errors.Join(
		files.IgnoreMissing(os.Remove(layers[0].MetacopyMark())),
		files.IgnoreMissing(os.Remove(layers[0].SeparateFile())),
	)
}

// unfilled are the incomplete files and directories in an upper directory, by their paths.
type unfilled struct {
	upper       string
	files, dirs []string
}

// findUnfilled searches the upper directory of a container for them.
func findUnfilled(l chain.Layer) (*unfilled, error) {
	f := &unfilled{upper: l.Diffs[0]}
	err := eachWithXattr(f.upper, fs.ModeDir, "trusted.overlay.redirect", func(path string) error {
		f.dirs = append(f.dirs, path)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if _, err := os.Lstat(l.MetacopyMark()); errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	return f, eachMetacopyFile(f.upper, func(path string) error {
		f.files = append(f.files, path)
		return nil
	})
}

// fill mounts the container, makes the kernel copy up the missing contents and entries, and then removes
// the redirects.
func (f *unfilled) fill(ctx context.Context, layers chain.Chain) error {
	plan := mount.Plan{Upper: f.upper, Work: layers[0].Work(), Metacopy: true}
	for _, l := range layers[1:] {
		for _, dir := range l.Diffs {
			plan.Lowers = append(plan.Lowers, mount.Layer{Dir: dir})
		}
	}
	merged, err := mount.Detached(&plan)
	if err != nil {
		return fmt.Errorf("mount it: %w", err)
	}
	err = f.copyUp(ctx, fmt.Sprintf("/proc/self/fd/%d", merged.Fd()))
	if err = errors.Join(err, merged.Close()); err != nil {
		return err
	}
	if err := syncAll(f.upper); err != nil {
		return err
	}
	for _, dir := range f.dirs {
		if err := unix.Lsetxattr(dir, "trusted.overlay.opaque", []byte("y"), 0); err != nil {
			return &os.PathError{Op: "setxattr", Path: dir, Err: err}
		}
		if err := unix.Lremovexattr(dir, "trusted.overlay.redirect"); err != nil {
			return &os.PathError{Op: "removexattr", Path: dir, Err: err}
		}
	}
	return syncAll(f.upper)
}

// copyUp copies up the metacopy files, and all entries of the renamed directories.
func (f *unfilled) copyUp(ctx context.Context, merged string) error {
	for _, root := range append(f.files, f.dirs...) {
		name, err := filepath.Rel(f.upper, root)
		if err != nil {
			return err
		}
		err = filepath.WalkDir(filepath.Join(merged, name), func(path string, e fs.DirEntry, err error) error {
			if err = errors.Join(err, ctx.Err()); err != nil {
				return err
			}
			return copyUp(path, e.Type().IsRegular())
		})
		if err != nil {
			return fmt.Errorf("fill %q: %w", name, err)
		}
	}
	return nil
}

// copyUp makes the kernel copy up one file. Opening it for writing copies the contents; setting its
// times copies the metadata. The times keep their values.
func copyUp(name string, contents bool) error {
	var st unix.Stat_t
	if err := unix.Lstat(name, &st); err != nil {
		return os.NewSyscallError("lstat", err)
	}
	if contents {
		fd, err := unix.Open(name, unix.O_WRONLY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
		if err != nil {
			return os.NewSyscallError("open", err)
		}
		if err := unix.Close(fd); err != nil {
			return os.NewSyscallError("close", err)
		}
	}
	err := unix.UtimesNanoAt(unix.AT_FDCWD, name, []unix.Timespec{st.Atim, st.Mtim}, unix.AT_SYMLINK_NOFOLLOW)
	return os.NewSyscallError("utimensat", err)
}
