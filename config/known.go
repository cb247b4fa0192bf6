package config

import (
	"maps"
	"math"
	"slices"
	"strings"
)

// valueType is a type of values in storage.conf.
type valueType struct {
	want string // for errors
	is   func(value any) bool
}

var (
	stringType = &valueType{"must be a string, in quotes", is[string]}
	listType   = &valueType{"must be a list of strings", isList}
	addingType = &valueType{"must be a list of strings, which may end with {append=true}", isAddingList}
	boolType   = &valueType{"must be true or false, without quotes", is[bool]}
	numberType = &valueType{"must be a number of 32 bits", isNumber}
	tableType  = &valueType{"must be a table", is[map[string]any]}
)

func is[T any](value any) bool {
	_, ok := value.(T)
	return ok
}

func isList(value any) bool {
	list, ok := value.([]any)
	return ok && !slices.ContainsFunc(list, func(v any) bool { return !is[string](v) })
}

// isAddingList reports whether a list consists of strings and tables with no key but append. Source:
// UnmarshalTOML in pkg/configfile/slice.go.
func isAddingList(value any) bool {
	list, ok := value.([]any)
	return ok && !slices.ContainsFunc(list, func(v any) bool {
		attributes, ok := v.(map[string]any)
		for key, set := range attributes {
			ok = ok && key == "append" && is[bool](set)
		}
		return !ok && !is[string](v)
	})
}

func isNumber(value any) bool {
	n, ok := value.(int64)
	return ok && n >= 0 && n <= math.MaxUint32
}

// knownKeys are the keys of storage.conf by table, with their types. Source: TomlConfig in
// types/options.go and OptionsConfig in pkg/config/config.go of containers/storage, and
// parsePullOptions in pkg/chunked/storage_linux.go for pull_options, a map of strings in upstream.
var knownKeys = [...]map[string]map[string]*valueType{
	OneFile: join(keysOf(listType, ""), map[string]map[string]*valueType{
		"storage.options":          join(keysOf(listType, "")["storage.options"], all(tableType, "aufs thinpool")),
		"storage.options.aufs":     all(stringType, "mountopt"),
		"storage.options.thinpool": {},
	}),
	DropIns: keysOf(addingType, " sync"),
}

// keysOf returns the keys with the type of lists, and further keys of overlay and vfs.
func keysOf(list *valueType, more string) map[string]map[string]*valueType {
	return map[string]map[string]*valueType{
		"": {"storage": tableType},
		"storage": join(all(stringType, "driver runroot imagestore graphroot rootless_storage_path"),
			all(list, "driver_priority"), all(boolType, "transient_store"), all(tableType, "options")),
		"storage.options": join(all(list, "additionalimagestores additionallayerstores"),
			all(stringType, "imagestore size ignore_chown_errors use_composefs root-auto-userns-user skip_mount_home mount_program mountopt"),
			all(numberType, "force_mask auto-userns-min-size auto-userns-max-size"), all(boolType, "disable-volatile"),
			all(tableType, "btrfs overlay vfs zfs pull_options")),
		"storage.options.btrfs":   all(stringType, "min_space size"),
		"storage.options.overlay": all(stringType, "ignore_chown_errors mountopt mount_program size inodes skip_mount_home use_composefs force_mask"+more),
		"storage.options.vfs":     all(stringType, "ignore_chown_errors"+more),
		"storage.options.zfs":     all(stringType, "mountopt fsname size"),
		pullOptions:               all(stringType, "enable_partial_images convert_images use_hard_links insecure_allow_unpredictable_image_contents ostree_repos"),
	}
}

// pullOptions is the table whose keys match exactly, and whose unknown keys must be strings too.
const pullOptions = "storage.options.pull_options"

// all gives the keys of a list one type.
func all(of *valueType, keys string) map[string]*valueType {
	types := map[string]*valueType{}
	for key := range strings.FieldsSeq(keys) {
		types[key] = of
	}
	return types
}

// join returns the entries of all maps. The last one of a key counts.
func join[V any](parts ...map[string]V) map[string]V {
	joined := map[string]V{}
	for _, part := range parts {
		maps.Copy(joined, part)
	}
	return joined
}

// known returns the spelling of a key in knownKeys, and its type, which is nil for an unknown key.
func known(rules Rules, table, key string) (name string, of *valueType) {
	for name, of := range knownKeys[rules][table] {
		if name == key || table != pullOptions && strings.EqualFold(name, key) {
			return name, of
		}
	}
	if table == pullOptions {
		return key, stringType
	}
	return strings.ToLower(key), nil
}

// check returns the invalid values in the table with that name in knownKeys, and in the tables
// below it. Two spellings of one key are invalid: upstream takes either, at random.
func (t *table) check(rules Rules, name string) (errs Errors) {
	spelled := map[string]string{}
	for _, key := range t.keys() {
		key0, of := known(rules, name, key)
		if of == nil {
			continue
		}
		if first, ok := spelled[key0]; ok {
			errs = append(errs, &ValueError{Source: t.file.Name, Line: t.line(key), Key: t.name(key), Want: "is set already, as " + show(first)})
			continue
		}
		spelled[key0] = key
		if !of.is(t.values[key]) {
			errs = append(errs, t.wrong(key, of.want))
		} else if of == tableType {
			errs = append(errs, t.table(key).check(rules, strings.TrimPrefix(name+"."+key0, "."))...)
		}
	}
	return errs
}
