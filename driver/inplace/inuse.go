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

// inUse returns a *Refusal if the layer is part of a mount. It holds as long as the
// layers are locked.
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
		if err == nil && uses(table, names) { // a mount may have outlived its place
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

// hasMount returns a *Refusal if layers that are mounted are above l, or l. It names the
// containers and images that they belong to.
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

// user returns the container or image whose own layer that is, as users call it. Otherwise, and if
// the lists cannot be read, it is the layer.
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

// recorded returns the layers of which containers/storage says that they are mounted.
func (c *Converter) recorded(homes []string) (ids []string, err error) {
	var list []struct {
		Path  string `json:"path"`
		Count int    `json:"count"`
	}
	err = catalog.ReadJSON(filepath.Join(c.runRoot, "overlay-layers", "mountpoints.json"), &list)
	for _, m := range list {
		if id := mountedAt(m.Path, homes); id != "" && m.Count > 0 {
			ids = append(ids, id)
		}
	}
	return ids, err
}

// mountHomes returns the directories in which containers/storage mounts layers of the
// stores, also without symlinks, as the kernel names them.
func (c *Converter) mountHomes() ([]string, error) {
	homes := []string{filepath.Join(c.runRoot, "overlay")}
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

// mountedIn returns the layers that are mounted in one of the homes.
func mountedIn(table []mountinfo.Mount, homes []string) (ids []string) {
	for _, m := range table {
		if id := mountedAt(m.Point, homes); id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// mountedAt returns the layer whose mounts are at path, or "". Another store may have
// layers of the same IDs.
func mountedAt(path string, homes []string) string {
	layer, name := filepath.Split(path)
	home, id := filepath.Split(filepath.Clean(layer))
	if name != "merged" || !slices.Contains(homes, filepath.Clean(home)) {
		return ""
	}
	return id
}

// mountNames returns the names by which mounts refer to the files of a layer: its
// directory, also without symlinks, and the short name that the stock driver uses.
func mountNames(l chain.Layer) ([]string, error) {
	resolved, err := filepath.EvalSymlinks(l.Diff())
	if err != nil {
		return nil, err
	}
	names := []string{l.Diff(), resolved}
	link, err := os.ReadFile(filepath.Join(l.Dir(), "link"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if short := strings.TrimSpace(string(link)); short != "" {
		names = append(names, "l/"+short)
	}
	return names, nil
}

// uses reports whether a mount refers to files by one of the names.
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
