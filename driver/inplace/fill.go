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

	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/store/catalog"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// A mount of composefs leaves two things in the upper directory of a container that a mount
// of plain layers by the stock driver does not: files without contents, where it had
// metacopy=on, and renamed directories that refer to a directory below instead of holding its
// entries (redirect_dir=on). The stock driver cannot open the former, and commits the latter
// without their entries.

// FillContainers completes the upper directories of containers all of whose layers are plain:
// files without contents and renamed directories get what they refer to. The former are
// expected only in containers with a mark. If such a container is part of a mount, the error
// is a [*Refusal].
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

// fillContainer completes one container. After an error, and a crash, the container is as
// good as it was, and the next call goes on.
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
	err = os.Remove(layers[0].MetacopyMark())
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return err
}

// unfilled are the paths in an upper directory of files and directories that refer to others.
type unfilled struct {
	upper       string
	files, dirs []string
}

// findUnfilled looks for them in the upper directory of a container.
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

// fill mounts the container and has the kernel copy up what is missing. Then the directories
// refer to nothing any more.
func (f *unfilled) fill(ctx context.Context, layers chain.Chain) error {
	plan := mount.Plan{Upper: f.upper, Work: filepath.Join(layers[0].Dir(), "work"), Metacopy: true}
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

// copyUp copies up the files, and all that the directories show.
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

// copyUp has the kernel copy up one file: with its contents when it is opened for writing, and
// otherwise when its times are set. They are set to what they were.
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
