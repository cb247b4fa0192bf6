package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/config"
	"github.com/composefs-storage/composefs-storage/driver/message"
	"github.com/composefs-storage/composefs-storage/driver/settings"
)

// nearest returns the store's root or, if it does not exist yet, the nearest existing directory above it:
// the store will be on its file system.
func (st *store) nearest() string {
	dir := st.conf.GraphRoot
	for {
		if _, err := os.Stat(dir); err == nil || dir == filepath.Dir(dir) {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

// addStart finds out whether podman starts with the store.
func (r *status) addStart(st *store) {
	err := r.startable(st)
	var podman *podmanError
	if err == nil && errors.As(st.outside, &podman) {
		err = errors.New(podman.reason)
	}
	if err == nil && st.outside != nil {
		return // not known: podman would start in its user namespace
	}
	starts := err == nil
	r.Starts = &starts
	if starts {
		return
	}
	r.refusal = oneLine(err)
	r.Problems = append(r.Problems, "podman does not start: "+r.refusal)
	var advice message.Hinter
	if errors.As(err, &advice) {
		r.Hints = append(r.Hints, advice.Hint())
	}
}

// startable returns the reason why podman does not start with the store. It checks only the driver
// overlay.
func (r *status) startable(st *store) error {
	files := config.Upstream.Files()
	conf, near := st.conf, st.nearest()
	if conf.Driver != "" && conf.Driver != "overlay" {
		return nil
	}
	for _, root := range conf.AdditionalImageStores {
		if err := directory(root); err != nil {
			return withHint(fmt.Errorf("additional image store %w", err), "mount it, or remove it from additionalimagestores in %s", files)
		}
	}
	for _, path := range conf.MustExist {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return withHint(fmt.Errorf("%s does not exist", path), "correct mount_program or additionallayerstores in %s", files)
		}
	}
	if st.outside == nil {
		err := directory(near)
		if err == nil {
			err = st.writable()
		}
		if err == nil {
			err = st.compatible()
		}
		if err == nil {
			err = st.limitable()
		}
		if err != nil {
			return err
		}
	}
	if err := settings.Keeps(conf, st.stores.Primary.Home, near); err != nil {
		return withHint(err, `set verity = "try" in %s: podman then starts without fs-verity`, r.file("verity", "composefs.conf"))
	}
	_, err := settings.Algorithm(&st.stores)
	return err
}

// directory returns an error if path is not a directory.
func directory(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s does not exist", path)
	case err == nil && !info.IsDir():
		return fmt.Errorf("%s is not a directory", path)
	}
	return err
}

// writable returns an error if the store, or the nearest existing directory above it, cannot be written
// to.
func (st *store) writable() error {
	err := unix.Access(st.nearest(), unix.W_OK)
	if err == nil {
		return nil
	}
	err = fmt.Errorf("store %s cannot be written to: %w", st.conf.GraphRoot, err)
	if errors.Is(err, unix.EROFS) {
		return withHint(err, "mount its file system read-write, or list the store in additionalimagestores of %s", config.Upstream.Files())
	}
	return err
}

// compatible returns why overlayfs cannot have its upper directories in the store. Where
// storage.conf names no driver, or with fuse-overlayfs, podman starts without the kernel's.
func (st *store) compatible() error {
	name, err := settings.Incompatible(st.nearest())
	if name == "" || err != nil || st.conf.Driver == "" || len(st.conf.Incompatible) > 0 {
		return err
	}
	if _, err := exec.LookPath("fuse-overlayfs"); err == nil {
		return nil
	}
	return withHint(fmt.Errorf("the driver overlay is not supported on %s, the file system of %s", name, st.conf.GraphRoot),
		"set graphroot to a directory on another file system; in a container, on a volume")
}

// limitable returns why the size of containers cannot be limited in the store, if that is
// configured.
func (st *store) limitable() error {
	if !st.conf.Quota {
		return nil
	}
	name, err := settings.LacksQuota(st.nearest())
	if name == "" || err != nil {
		return err
	}
	return withHint(fmt.Errorf("size and inodes limit containers on XFS only, and %s is on %s", st.conf.GraphRoot, name),
		"remove them from %s, or put the store on XFS that is mounted with pquota", config.Upstream.Files())
}
