package settings

import (
	"github.com/containers/storage/pkg/unshare"

	"github.com/composefs-storage/composefs-storage/driver/kernel/feature"
)

// Mountable returns an error of [feature.Feature.Check] if this user cannot mount composefs images in dir.
func Mountable(dir string) error {
	if unshare.IsRootless() {
		return feature.Servable(dir)
	}
	return feature.Mountable(dir)
}

// Verifiable returns an error of [feature.Feature.Check] if the kernel cannot verify the mounts of this
// user's images in dir.
func Verifiable(dir string) error {
	if !unshare.IsRootless() {
		return feature.Verifiable(dir)
	}
	err := feature.Verity.Check(dir)
	if err == nil {
		err = feature.ServedVerity.Check(dir)
	}
	return err
}

// Features returns the features that mounts of this user depend on.
func Features() []*feature.Feature {
	if unshare.IsRootless() {
		return feature.Rootless()
	}
	return feature.All()
}
