package idmap

import (
	"fmt"

	"github.com/containers/storage/pkg/idtools"
)

// Owner returns the owner of a file for the owner that an image records.
type Owner = func(uid, gid uint32) (newUID, newGID uint32, err error)

// Between returns the change from the owners of one user namespace to those of another one. nil or
// empty maps mean the host. Root stays root even if the first maps lack it. An owner that the second
// maps lack becomes the overflow user. Source: platformChowner.LChown of containers/storage.
func Between(from, to *idtools.IDMappings) Owner {
	return func(uid, gid uint32) (uint32, uint32, error) {
		at := idtools.IDPair{UID: int(uid), GID: int(gid)}
		if from != nil && !from.Empty() {
			u, g, err := from.ToContainer(at)
			switch {
			case err == nil:
				at = idtools.IDPair{UID: u, GID: g}
			case uid != 0 || gid != 0:
				return 0, 0, fmt.Errorf("owner %d:%d in the user namespace that the layer was made for: %w", uid, gid, err)
			}
		}
		if to != nil && !to.Empty() {
			var err error
			if at, err = to.ToHostOverflow(at); err != nil {
				return 0, 0, fmt.Errorf("owner %d:%d on the host: %w", at.UID, at.GID, err)
			}
		}
		return uint32(at.UID), uint32(at.GID), nil
	}
}

// ToHost returns the change from the owners in a tar to their owners on the host. An owner
// that the maps lack is an error, as when containers/storage unpacks a tar.
func ToHost(maps *idtools.IDMappings) Owner {
	return func(uid, gid uint32) (uint32, uint32, error) {
		at, err := maps.ToHost(idtools.IDPair{UID: int(uid), GID: int(gid)})
		if err != nil {
			err = fmt.Errorf("owner %d:%d: %w", uid, gid, err)
		}
		return uint32(at.UID), uint32(at.GID), err
	}
}
