package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// IgnoredKey is a key of storage.conf that has no effect.
type IgnoredKey struct {
	Source string
	Line   int    // counted from 1
	Key    string // with its tables
	Home   string // the table where it has an effect, "" if the key is unknown

	table bool // the key is that of a table
}

// String explains why the key has no effect.
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

// Name returns the key without its tables.
func (k IgnoredKey) Name() string { return k.Key[strings.LastIndex(k.Key, ".")+1:] }

// Alternative is a known key or table that a misspelt one may mean.
type Alternative struct {
	Name  string // without tables
	Where string // in words
}

// Alternatives returns the keys of the same table, the keys that decide about composefs, and all
// tables. For a key that has an effect in another table it returns none.
func (k IgnoredKey) Alternatives() (list []Alternative) {
	if k.Home != "" {
		return nil
	}
	if !k.table {
		own := strings.ToLower(strings.TrimSuffix(strings.TrimSuffix(k.Key, k.Name()), "."))
		for _, name := range slices.Sorted(maps.Keys(knownKeys[own])) {
			if hasEffect(own, name) && homes[name] != "["+own+"]" && knownKeys[own][name] != tableType {
				list = append(list, Alternative{name, name})
			}
		}
		for _, name := range slices.Sorted(maps.Keys(homes)) {
			where := name + " in " + homes[name]
			if homes[name] == "["+own+"]" {
				where = name
			}
			list = append(list, Alternative{name, where})
		}
		return list
	}
	for _, name := range slices.Sorted(maps.Keys(knownKeys)) {
		list = append(list, Alternative{name[strings.LastIndex(name, ".")+1:], "[" + name + "]"})
	}
	return list
}

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

// ignored returns the keys without effect in the table with that name in knownKeys, and in the
// tables below it.
func (t *table) ignored(name string) (list []IgnoredKey) {
	for _, key := range t.keys() {
		lower, inner := strings.ToLower(key), t.table(key)
		if home := homes[lower]; !hasEffect(name, key) && (knownKeys[name] != nil || home != "") {
			if inner != nil || home == "["+name+"]" { // another one of that name, or in capitals
				home = ""
			}
			list = append(list, IgnoredKey{t.file.Name, t.line(key), t.name(key), home, inner != nil})
		}
		if inner != nil {
			list = append(list, inner.ignored(strings.TrimPrefix(name+"."+lower, "."))...)
		}
	}
	return list
}

// hasEffect reports whether containers/storage reads a key in a table.
func hasEffect(table, key string) bool {
	name, _ := known(table, key)
	_, ok := knownKeys[table][name]
	return ok && (table != "storage.options" || name != "use_composefs") // see parseOptions
}
