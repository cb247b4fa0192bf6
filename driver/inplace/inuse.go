//go:build linux

package inplace

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/composefs-storage/composefs-storage/driver/kernel/mountinfo"
	"github.com/composefs-storage/composefs-storage/driver/store/catalog"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// inUse returns a *Refusal if the layer is part of a mount. The result is valid as long as the caller
// holds the lock of the layers.
func (c *Converter) inUse(l chain.Layer) error {
	homes, err := c.mountHomes()
	if err != nil {
		return err
	}
	recorded, err := c.recorded(homes)
	if err != nil {
		return err
	}
	if err := c.hasMount(l, recorded); err != nil {
		return err
	}
	names, err := mountNames(l)
	if err != nil {
		return err
	}
	tables, err := mountinfo.Namespaces()
	if err != nil {
		return err
	}
	for i, table := range tables {
		err := c.hasMount(l, mountedIn(table, homes))
		if err == nil && uses(table, names) { // a mount whose mount point is gone
			err = &Refusal{InUse: true, Reason: "it is in use: a mount has its files"}
		}
		var refusal *Refusal
		if errors.As(err, &refusal) {
			refusal.passing = i > 0
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// hasMount returns a *Refusal if l or a layer above it is mounted. It names the containers and images
// of the mounted layers.
func (c *Converter) hasMount(l chain.Layer, mounted []string) error {
	var users []string
	for _, id := range mounted {
		if below, err := c.isBelow(l, id); err != nil {
			return err
		} else if below {
			users = append(users, c.user(id))
		}
	}
	slices.Sort(users)
	users = slices.Compact(users)
	switch len(users) {
	case 0:
		return nil
	case 1:
		return &Refusal{InUse: true, Reason: "it is in use: " + users[0] + " is mounted"}
	}
	return &Refusal{InUse: true, Reason: "it is in use: " + strings.Join(users, ", ") + " are mounted"}
}

// user returns the name of the container or image whose top layer that is, or the layer's ID if there is
// none or the records cannot be read.
func (c *Converter) user(layer string) string {
	containers, _ := catalog.Containers(c.stores.Primary, c.runRoot)
	for _, container := range containers {
		if container.Layer == layer {
			return "container " + container.Name()
		}
	}
	if list, err := catalog.Read(c.stores); err == nil {
		for _, image := range list.Over(layer) {
			return "image " + image.Name()
		}
	}
	return fmt.Sprintf("layer %.12s", layer)
}

// recorded returns the mounted layers in the records of containers/storage.
func (c *Converter) recorded(homes []string) (ids []string, err error) {
	points, err := catalog.MountPoints(chain.RunRoot(c.runRoot))
	for _, point := range points {
		if id := mountedAt(point, homes); id != "" {
			ids = append(ids, id)
		}
	}
	return ids, err
}

// mountHomes returns the directories with the mount points of layers, also with symlinks resolved, as
// in mount tables.
func (c *Converter) mountHomes() ([]string, error) {
	homes := []string{chain.Home(c.runRoot)}
	for _, s := range c.stores.Writable() {
		homes = append(homes, s.Home)
	}
	for _, home := range slices.Clone(homes) {
		resolved, err := filepath.EvalSymlinks(home)
		switch {
		case err == nil:
			homes = append(homes, resolved)
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	return homes, nil
}

// mountedIn returns the layers whose mount points are in one of the homes.
func mountedIn(table []mountinfo.Mount, homes []string) (ids []string) {
	for _, m := range table {
		if id := mountedAt(m.Point, homes); id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// mountedAt returns the layer with the mount point path, or "". It compares the home, because another
// store may have layers with the same IDs.
func mountedAt(path string, homes []string) string {
	id, home, ok := chain.MountedAt(path)
	if !ok || !slices.Contains(homes, home) {
		return ""
	}
	return id
}

// mountNames returns the names by which mounts refer to a layer: its directory, also with symlinks
// resolved, and the short name of the stock driver.
func mountNames(l chain.Layer) ([]string, error) {
	resolved, err := filepath.EvalSymlinks(l.Diff())
	if err != nil {
		return nil, err
	}
	names := []string{l.Diff(), resolved}
	link, err := os.ReadFile(l.LinkFile())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if short := strings.TrimSpace(string(link)); short != "" {
		names = append(names, chain.ShortName(short))
	}
	return names, nil
}

// uses reports whether a mount refers to one of the names.
func uses(table []mountinfo.Mount, names []string) bool {
	for _, m := range table {
		for _, path := range m.Paths() {
			if slices.ContainsFunc(names, func(name string) bool { return strings.Contains(path, name) }) {
				return true
			}
		}
	}
	return false
}
