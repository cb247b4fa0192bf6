//go:build linux

package driver

import (
	"fmt"
	"os"

	"github.com/containers/storage/pkg/idtools"
	"github.com/containers/storage/pkg/unshare"
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
)

// checkOwners returns an error if the namespace of a user lacks the owner of a file of a layer image, with
// the text of the stock driver when it unpacks such a file. Source: checkChownErr of
// containers/storage/pkg/idtools.
func (d *Driver) checkOwners(f *os.File) error {
	if !d.abilities().served {
		return nil
	}
	maps, err := ownMaps()
	if err != nil {
		return err
	}
	img, err := images.Read(f)
	if err != nil {
		return err
	}
	return img.Walk(func(path string, _ uint64, n *tree.Inode) error {
		if _, err := maps.ToHost(idtools.IDPair{UID: int(n.UID), GID: int(n.GID)}); err == nil {
			return nil
		}
		return fmt.Errorf(`potentially insufficient UIDs or GIDs available in user namespace (requested %d:%d for %s): Check /etc/subuid and /etc/subgid if configured locally and run "podman system migrate": %w`,
			n.UID, n.GID, path, &os.PathError{Op: "lchown", Path: path, Err: unix.EINVAL})
	})
}

// ownMaps returns the maps of the user namespace of this process.
func ownMaps() (*idtools.IDMappings, error) {
	uids, gids, err := unshare.GetHostIDMappings("")
	var u, g []idtools.IDMap
	for _, m := range uids {
		u = append(u, idtools.IDMap{ContainerID: int(m.ContainerID), HostID: int(m.HostID), Size: int(m.Size)})
	}
	for _, m := range gids {
		g = append(g, idtools.IDMap{ContainerID: int(m.ContainerID), HostID: int(m.HostID), Size: int(m.Size)})
	}
	return idtools.NewIDMappingsFromMaps(u, g), err
}
