package main

import (
	"errors"
	"os"
	"strings"

	"github.com/containers/storage/pkg/unshare"
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/driver/kernel/feature"
	"github.com/composefs-storage/composefs-storage/driver/settings"
)

func kernelRelease() string {
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		return ""
	}
	return unix.ByteSliceToString(name.Release[:])
}

// addFeatures probes the features of the kernel and of the store's file system.
func (r *status) addFeatures(st *store, dropCaches bool) {
	dir, why := st.probeDir()
	features := settings.Features()
	if why == "" && !unshare.IsRootless() && feature.Verity.Has(dir) {
		features = append(features, feature.LazyVerity(func() error { return forget(dropCaches) }))
	}
	for _, f := range features {
		result := featureStatus{Name: f.Name, Since: f.Since, Reason: why}
		if why == "" {
			err := f.Check(dir)
			if yes := err == nil; yes || errors.Is(err, feature.ErrNotSupported) {
				result.Supported = &yes
			}
			if err != nil {
				result.Reason = strings.TrimLeft(strings.TrimPrefix(oneLine(err), f.Name+" not supported"), ": ")
			}
		}
		r.Features = append(r.Features, result)
	}
	if why != "" {
		r.Unknown = append(r.Unknown, "kernel features: "+why)
		return
	}
	switch err := settings.Mountable(dir); {
	case errors.Is(err, feature.ErrNotSupported):
		r.Reasons = append(r.Reasons, oneLine(err))
	case err != nil:
		r.Unknown = append(r.Unknown, oneLine(err))
	}
}

// forget has the kernel drop all directories and inodes that are not in use, on the whole machine, if the
// user allows it.
func forget(dropCaches bool) error {
	if !dropCaches {
		return errors.New("--drop-caches probes it")
	}
	return os.WriteFile("/proc/sys/vm/drop_caches", []byte("2"), 0)
}

// probeDir returns the directory for probes: the store's root, as in the driver, or the nearest existing
// one above. Without one it returns the reason.
func (st *store) probeDir() (dir, why string) {
	if st.outside != nil {
		return "", "they can be probed in podman's user namespace only: " + oneLine(st.outside)
	}
	if err := st.writable(); err != nil {
		return "", oneLine(err)
	}
	return st.nearest(), ""
}
