package storageconf_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/containers/storage/types"

	"github.com/composefs-storage/composefs-storage/config"
)

// TestKnownKeys has a text for each key that containers/storage reads, and one for each of
// these keys in each other table: config.Ignored must report those keys of which upstream
// warns, and no others but use_composefs in [storage.options]. Of pull_options upstream warns
// never.
func TestKnownKeys(t *testing.T) {
	tables := map[string]map[string]string{}
	keysOf(reflect.TypeFor[types.TomlConfig](), "", tables)
	if len(tables) < 7 || tables["storage.options.overlay"]["use_composefs"] == "" {
		t.Fatalf("upstream's tables: %v", tables)
	}
	all := map[string]string{"no_such_key": `""`}
	for _, keys := range tables {
		for key, value := range keys {
			all[key] = value
		}
	}
	for table := range tables {
		for key, value := range all {
			if tables[table][key] != "" {
				value = tables[table][key]
			}
			text := fmt.Sprintf("[%s]\n%s = %s\n", table, key, value)
			if table == "" {
				text = fmt.Sprintf("%s = %s\n", key, value)
			}
			if table == "storage.options" && key == "use_composefs" || strings.HasSuffix(table, "pull_options") {
				continue
			}
			compareIgnored(t, text)
		}
	}
}

// compareIgnored compares the keys of a text that upstream ignores.
func compareIgnored(t *testing.T, text string) {
	t.Helper()
	meta, err := toml.Decode(text, new(types.TomlConfig))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	var got, want []string
	for _, k := range config.Ignored(config.Sources{Rules: config.Upstream, Storage: []config.Text{{Data: []byte(text)}}}) {
		got = append(got, k.Key)
	}
	for _, k := range meta.Undecoded() {
		want = append(want, strings.Join(k, "."))
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("ignored %q, upstream %q\n%s", got, want, text)
	}
}

// keysOf collects the keys of the tables that a struct stands for, with a value of each that
// upstream accepts.
func keysOf(s reflect.Type, name string, tables map[string]map[string]string) {
	if tables[name] == nil {
		tables[name] = map[string]string{}
	}
	for i := range s.NumField() {
		f := s.Field(i)
		if f.Anonymous {
			keysOf(f.Type, name, tables)
			continue
		}
		key, _, _ := strings.Cut(f.Tag.Get("toml"), ",")
		value := `""`
		switch f.Type.Kind() {
		case reflect.Struct:
			if reflect.PointerTo(f.Type).Implements(reflect.TypeFor[toml.Unmarshaler]()) { // a list
				value = "[]"
				break
			}
			keysOf(f.Type, strings.TrimPrefix(name+"."+key, "."), tables)
			value = "{}"
		case reflect.Map:
			value = "{}"
		case reflect.Slice:
			value = "[]"
		case reflect.Bool:
			value = "true"
		case reflect.Uint32:
			value = "0"
		}
		tables[name][key] = value
	}
}
