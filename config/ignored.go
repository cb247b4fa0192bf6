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
	rules Rules
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
		for _, name := range slices.Sorted(maps.Keys(knownKeys[k.rules][own])) {
			if hasEffect(k.rules, own, name) && homes[name] != "["+own+"]" && knownKeys[k.rules][own][name] != tableType {
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
	for _, name := range slices.Sorted(maps.Keys(knownKeys[k.rules])) {
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
	"verity": "composefs.conf", "digests_dir": "composefs.conf", "expected": "composefs.conf", "decompress": "composefs.conf", "rootless": "composefs.conf", "object_repos": "composefs.conf",
}

// Ignored returns the keys of storage.conf and its drop-ins that have no effect, in the order of the
// files: the unknown ones, and use_composefs in [storage.options]. In composefs.conf such a key is
// an error. A text that [Parse] refuses has none.
func Ignored(s Sources) (list []IgnoredKey) {
	for i := range s.Storage {
		root, err := parseTOML(&s.Storage[i])
		if err != nil {
			continue
		}
		keys := root.ignored(s.Rules, "")
		slices.SortStableFunc(keys, func(a, b IgnoredKey) int { return a.Line - b.Line })
		list = append(list, keys...)
	}
	return list
}

// ignored returns the keys without effect in the table with that name in knownKeys, and in the
// tables below it.
func (t *table) ignored(rules Rules, name string) (list []IgnoredKey) {
	for _, key := range t.keys() {
		lower, inner := strings.ToLower(key), t.table(key)
		if home := homes[lower]; !hasEffect(rules, name, key) && (knownKeys[rules][name] != nil || home != "") {
			if inner != nil || home == "["+name+"]" { // another one of that name, or in capitals
				home = ""
			}
			list = append(list, IgnoredKey{t.file.Name, t.line(key), t.name(key), home, inner != nil, rules})
		}
		if inner != nil {
			list = append(list, inner.ignored(rules, strings.TrimPrefix(name+"."+lower, "."))...)
		}
	}
	return list
}

// hasEffect reports whether containers/storage reads a key in a table.
func hasEffect(rules Rules, table, key string) bool {
	name, _ := known(rules, table, key)
	_, ok := knownKeys[rules][table][name]
	return ok && (table != "storage.options" || name != "use_composefs") // see parseOptions
}
