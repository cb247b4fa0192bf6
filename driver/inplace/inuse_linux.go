package inplace

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/composefs-storage/composefs-storage/driver/chain"
)

// inUse returns a *Refusal if the layer is part of a mount. It holds as long as the
// layers are locked.
func (c *Converter) inUse(l chain.Layer) error {
	recorded, err := c.recorded()
	if err != nil {
		return err
	}
	tables, err := mountTables()
	if err != nil {
		return err
	}
	if refusal := c.hasMount(l, recorded); refusal != nil {
		return refusal
	}
	names := []string{l.Diff()}
	if link, err := os.ReadFile(filepath.Join(l.Dir(), "link")); err == nil && len(link) > 0 {
		names = append(names, "l/"+strings.TrimSpace(string(link)))
	}
	for i, table := range tables {
		refusal := c.hasMount(l, c.mountedIn(table))
		for _, name := range names { // a mount may have outlived its place
			if refusal == nil && strings.Contains(table, name) {
				refusal = &Refusal{InUse: true, Reason: "it is in use: a mount has its files"}
			}
		}
		if refusal != nil {
			refusal.passing = i > 0
			return refusal
		}
	}
	return nil
}

// hasMount returns a refusal if one of the layers that are mounted is above l, or l.
func (c *Converter) hasMount(l chain.Layer, mounted []string) *Refusal {
	for _, id := range mounted {
		if c.isBelow(l, id) {
			return &Refusal{InUse: true, Reason: fmt.Sprintf("it is in use: layer %.12s is mounted", id)}
		}
	}
	return nil
}

// recorded returns the layers of which containers/storage says that they are mounted.
func (c *Converter) recorded() (ids []string, err error) {
	var list []struct {
		Path  string `json:"path"`
		Count int    `json:"count"`
	}
	err = readJSON(filepath.Join(c.runRoot, "overlay-layers", "mountpoints.json"), &list)
	for _, m := range list {
		if id := c.mountedAt(m.Path); id != "" && m.Count > 0 {
			ids = append(ids, id)
		}
	}
	return ids, err
}

// mountedIn returns the layers that are mounted where containers/storage mounts those of
// the stores.
func (c *Converter) mountedIn(table string) (ids []string) {
	for line := range strings.Lines(table) {
		if fields := strings.Fields(line); len(fields) > 4 {
			if id := c.mountedAt(fields[4]); id != "" {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// mountedAt returns the layer whose mounts are at path, or "". Another store may have
// layers of the same IDs.
func (c *Converter) mountedAt(path string) string {
	layer, name := filepath.Split(path)
	home, id := filepath.Split(filepath.Clean(layer))
	if name != "merged" || !slices.Contains(c.homes, filepath.Clean(home)) {
		return ""
	}
	return id
}

// mountTables returns the mounts of all mount namespaces, our own first, as in /proc/PID/mountinfo.
// Processes that end meanwhile are passed over.
func mountTables() (tables []string, err error) {
	own, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	tables = append(tables, string(own))
	seen := map[string]bool{}
	if ns, err := os.Readlink("/proc/self/ns/mnt"); err == nil {
		seen[ns] = true
	}
	dirs, err := filepath.Glob("/proc/[0-9]*")
	for _, dir := range dirs {
		ns, err := os.Readlink(dir + "/ns/mnt")
		if err != nil || seen[ns] {
			continue
		}
		if table, err := os.ReadFile(dir + "/mountinfo"); err == nil {
			seen[ns] = true
			tables = append(tables, string(table))
		}
	}
	return tables, err
}
