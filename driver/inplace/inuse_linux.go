package inplace

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/composefs-storage/composefs-storage/driver/chain"
)

// inUse returns a *Refusal if the layer is part of a mount. It holds as long as the
// layers are locked.
func (c *Converter) inUse(l chain.Layer) error {
	mounts, err := mountTables()
	if err != nil {
		return err
	}
	ids, err := c.mounted(mounts)
	if err != nil {
		return err
	}
	for id := range ids {
		if c.isBelow(l, id) {
			return &Refusal{InUse: true, Reason: fmt.Sprintf("it is in use: layer %.12s is mounted", id)}
		}
	}
	// A mount may have outlived its place, as one of a container that was lost has.
	names := []string{l.Diff()}
	if link, err := os.ReadFile(filepath.Join(l.Dir(), "link")); err == nil && len(link) > 0 {
		names = append(names, "l/"+strings.TrimSpace(string(link)))
	}
	for _, table := range mounts {
		for _, name := range names {
			if strings.Contains(table, name) {
				return &Refusal{InUse: true, Reason: "it is in use: a mount has its files"}
			}
		}
	}
	return nil
}

// mounted returns the layers that are mounted: those of which containers/storage says so,
// and those of whose mounts the kernel does.
func (c *Converter) mounted(mounts []string) (map[string]bool, error) {
	ids := map[string]bool{}
	var list []struct {
		ID    string `json:"id"`
		Count int    `json:"count"`
	}
	if err := readJSON(filepath.Join(c.runRoot, "overlay-layers", "mountpoints.json"), &list); err != nil {
		return nil, err
	}
	for _, m := range list {
		if m.Count > 0 {
			ids[m.ID] = true
		}
	}
	for _, table := range mounts {
		for line := range strings.Lines(table) {
			if fields := strings.Fields(line); len(fields) > 4 && filepath.Base(fields[4]) == "merged" {
				ids[filepath.Base(filepath.Dir(fields[4]))] = true
			}
		}
	}
	return ids, nil
}

// mountTables returns the mounts of all mount namespaces, as in /proc/PID/mountinfo.
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
