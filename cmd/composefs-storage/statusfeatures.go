package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/driver/feature"
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
	dir, why := probeDir(st)
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
		r.Problems = append(r.Problems, "what the kernel can do: "+why)
		return
	}
	switch err := feature.Mountable(dir); {
	case errors.Is(err, feature.ErrNotSupported):
		r.Reasons = append(r.Reasons, oneLine(err))
	case err != nil:
		r.Problems = append(r.Problems, oneLine(err))
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

// probeDir returns the directory where features are tried, as the driver does it, or why
// there is none.
func probeDir(st *store) (dir, why string) {
	if os.Geteuid() != 0 {
		return "", "only root can try it out"
	}
	dir = st.conf.GraphRoot
	if _, err := os.Stat(dir); err != nil {
		return "", "it is tried out in the store, which is not there yet"
	}
	if err := unix.Access(dir, unix.W_OK); err != nil {
		return "", fmt.Sprintf("it is tried out in the store, and %s cannot be written to: %v", dir, err)
	}
	return dir, ""
}
