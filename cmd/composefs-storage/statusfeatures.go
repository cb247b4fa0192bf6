package main

import (
	"errors"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/driver/kernel/feature"
)

func kernelRelease() string {
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		return ""
	}
	return unix.ByteSliceToString(name.Release[:])
}

// addFeatures tries out what the kernel and the store's file system can do.
func (r *status) addFeatures(st *store, dropCaches bool) {
	dir, why := st.probeDir()
	features := feature.All()
	if why == "" && feature.Verity.Has(dir) {
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
		r.Unknown = append(r.Unknown, "what the kernel can do: "+why)
		return
	}
	switch err := feature.Mountable(dir); {
	case errors.Is(err, feature.ErrNotSupported):
		r.Reasons = append(r.Reasons, oneLine(err))
	case err != nil:
		r.Unknown = append(r.Unknown, oneLine(err))
	}
}

// forget has the kernel drop all directories and inodes that are not in use, if the user has
// asked for it: that is a matter of the whole machine.
func forget(dropCaches bool) error {
	if !dropCaches {
		return errors.New("--drop-caches tries it")
	}
	return os.WriteFile("/proc/sys/vm/drop_caches", []byte("2"), 0)
}

// probeDir returns the directory where features are tried: the store's root, as the driver
// does it, or the nearest one above; or it returns why there is none.
func (st *store) probeDir() (dir, why string) {
	if os.Geteuid() != 0 {
		return "", "only root can try it out"
	}
	if err := st.writable(); err != nil {
		return "", oneLine(err)
	}
	return st.nearest(), ""
}
