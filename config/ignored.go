package config

import (
	"fmt"
	"slices"
	"strings"
)

// IgnoredKey is a key of storage.conf that has no effect.
type IgnoredKey struct {
	Source string
	Line   int    // counted from 1
	Key    string // with its tables
	Home   string // the table where it has one, "" if the key is unknown
}

// String says in words why the key has no effect.
func (k IgnoredKey) String() string {
	if k.Home == "" {
		return place(k.Source, k.Line) + ": unknown key " + k.Key + ", which has no effect"
	}
	table, key, within := "", k.Key, "outside of tables"
	if dot := strings.LastIndex(k.Key, "."); dot >= 0 {
		table, key = k.Key[:dot], k.Key[dot+1:]
		within = "in [" + table + "]"
	}
	return fmt.Sprintf("%s: %s is set %s, where it has no effect: set it in %s", place(k.Source, k.Line), key, within, k.Home)
}

// knownKeys are the keys of storage.conf by table. Source: TomlConfig in types/options.go and
// OptionsConfig in pkg/config/config.go of containers/storage, and for pull_options, a map of
// strings there, parsePullOptions in pkg/chunked/storage_linux.go.
var knownKeys = map[string]string{
	"":        "storage",
	"storage": "driver driver_priority runroot imagestore graphroot rootless_storage_path transient_store options",
	"storage.options": "additionalimagestores imagestore additionallayerstores size ignore_chown_errors use_composefs force_mask " +
		"root-auto-userns-user auto-userns-min-size auto-userns-max-size aufs btrfs thinpool overlay vfs zfs " +
		"skip_mount_home mount_program mountopt pull_options disable-volatile",
	"storage.options.aufs":         "mountopt",
	"storage.options.btrfs":        "min_space size",
	"storage.options.overlay":      "ignore_chown_errors mountopt mount_program size inodes skip_mount_home use_composefs force_mask",
	"storage.options.pull_options": "enable_partial_images convert_images use_hard_links insecure_allow_unpredictable_image_contents ostree_repos",
	"storage.options.thinpool":     "",
	"storage.options.vfs":          "ignore_chown_errors",
	"storage.options.zfs":          "mountopt fsname size",
}

const pullOptions = "storage.options.pull_options"

// homes are the tables of the keys that decide about composefs.
var homes = map[string]string{
	"driver": "[storage]", "graphroot": "[storage]", "runroot": "[storage]",
	"additionalimagestores": "[storage.options]",
	"use_composefs":         "[storage.options.overlay]",
	"convert_images":        "[" + pullOptions + "]", "enable_partial_images": "[" + pullOptions + "]", "use_hard_links": "[" + pullOptions + "]",
	"verity": "composefs.conf", "digests_dir": "composefs.conf", "expected": "composefs.conf",
}

// Ignored returns the keys of storage.conf that have no effect, in the order of the file: the
// unknown ones, and use_composefs in [storage.options]. In composefs.conf such a key is an
// error. A text that [Parse] refuses has none.
func Ignored(s Sources) []IgnoredKey {
	if s.Storage == nil {
		return nil
	}
	root, err := parseTOML(s.Storage)
	if err != nil {
		return nil
	}
	list := root.ignored("")
	slices.SortStableFunc(list, func(a, b IgnoredKey) int { return a.Line - b.Line })
	return list
}

// ignored returns the keys without effect in the table that is called name in lower case, and
// in those below.
func (t *table) ignored(name string) (list []IgnoredKey) {
	known, isKnown := knownKeys[name]
	for _, key := range t.keys() {
		lower := strings.ToLower(key)
		here := slices.Contains(strings.Fields(known), lower) && (name != pullOptions || key == lower)
		if name == "storage.options" && lower == "use_composefs" {
			here = false // see parseOptions
		}
		inner, _ := t.table(key)
		if !here && (isKnown || homes[lower] != "") {
			home := homes[lower]
			if inner != nil || home == "["+name+"]" { // another one of that name, or in capitals
				home = ""
			}
			list = append(list, IgnoredKey{t.file.Name, t.line(key), t.name(key), home})
		}
		if inner != nil {
			list = append(list, inner.ignored(strings.TrimPrefix(name+"."+lower, "."))...)
		}
	}
	return list
}
