package config

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// driverOption is a "key=value" string, the form in which upstream's overlay driver gets options.
type driverOption struct {
	source string // for errors
	label  string // name of the key in errors, empty for the key itself
	text   string
	at     value // in the file, empty if the source is not a file
}

// fileOptions are the overlay driver's options in storage.conf whose values are checked.
var fileOptions = []string{"use_composefs", "mount_program", "force_mask", "ignore_chown_errors", "size", "inodes", "skip_mount_home", "sync"}

// sizes matches the sizes that RAMInBytes of github.com/docker/go-units accepts.
var sizes = regexp.MustCompile(`^[0-9]+(\.[0-9]*)? ?([kKmMgGtTpP]([iI]?[bB])?|[bB])?$`)

// incompatible are the options that exclude composefs: another program makes the mounts, or layers
// do not keep their owners and modes.
var incompatible = []string{"mount_program", "force_mask", "ignore_chown_errors"}

// listOptions makes driver options of the values of STORAGE_OPTS or --storage-opt. A single empty
// string is no option.
func listOptions(source string, texts []string) []driverOption {
	if len(texts) == 1 && texts[0] == "" {
		return nil
	}
	var list []driverOption
	for _, s := range texts {
		list = append(list, driverOption{source: source, text: s})
	}
	return list
}

// apply applies an option of the overlay driver. The last value of a key counts, but stores add up.
// Blanks around key and value do not matter. Unknown options are an error. Source: parseOptions in
// drivers/overlay/overlay.go.
func (d driverOption) apply(rules Rules, o *Options) error {
	name, _, ok := strings.Cut(d.text, "=")
	if !ok {
		return &ValueError{Source: d.source, Key: strconv.Quote(d.text), Want: "must be KEY=VALUE"}
	}
	if d.label == "" {
		d.label = strings.TrimSpace(name)
	}
	switch key, ours := d.key(rules); {
	case !ours:
		return nil
	case key == "sync" && rules == OneFile:
		return d.unknown()
	default:
		return d.set(o, key, d.value())
	}
}

// value returns the text after the key.
func (d driverOption) value() string {
	_, value, _ := strings.Cut(d.text, "=")
	return strings.TrimSpace(value)
}

// origin finds the place of the option.
func (d driverOption) origin() Origin {
	return Origin{d.source, d.at.origin().Line}
}

// key returns the key without prefixes, in small letters, and whether the overlay driver reads it.
// With [OneFile] the key may have each of the prefixes "overlay.", "overlay2." and "."; with
// [DropIns] it may have one, and other drivers ignore it. Source: ParseDriverOption in
// internal/driver/driver.go.
func (d driverOption) key(rules Rules) (key string, ours bool) {
	name, _, _ := strings.Cut(d.text, "=")
	key = strings.ToLower(strings.TrimSpace(name))
	if rules == OneFile {
		for _, prefix := range []string{"overlay.", "overlay2.", "."} {
			key = strings.TrimPrefix(key, prefix)
		}
		return key, true
	}
	switch driver, inner, dotted := strings.Cut(key, "."); {
	case !dotted:
		return key, true
	case driver == "", driver == overlay, driver == "overlay2":
		return inner, true
	case driver == "btrfs", driver == "zfs", driver == "vfs":
		return inner, false
	}
	return key, true // which is unknown
}

// set sets an option of the overlay driver.
func (d driverOption) set(o *Options, key, value string) error {
	switch key {
	case "use_composefs", "ignore_chown_errors", "skip_mount_home":
		on, err := strconv.ParseBool(value)
		if err != nil {
			return d.wrong(value, `must be "true" or "false"`)
		}
		if key == "use_composefs" {
			o.UseComposefs = switchOf(on)
		}
		if !on {
			value = ""
		}
	case "imagestore", "additionalimagestore":
		return d.addStores(o, value)
	case "inodes":
		if _, err := strconv.ParseUint(value, 10, 64); err != nil {
			return d.wrong(value, "must be a number")
		}
	case "force_mask":
		if _, err := strconv.ParseInt(value, 8, 32); err != nil && value != "shared" && value != "private" {
			return d.wrong(value, `must be "shared", "private" or an octal mode such as "0755", in [storage.options.overlay]`)
		}
	case "size":
		if !sizes.MatchString(value) {
			return d.wrong(value, `must be a size such as "10G"`)
		}
	case "mount_program":
		if value != "" {
			o.MustExist = append(o.MustExist, value)
		}
	case "additionallayerstore":
		return d.addLayerStores(o, value)
	case "sync":
		if mode := strings.ToLower(value); mode != "" && mode != "none" && mode != "filesystem" {
			return d.wrong(value, `must be "none" or "filesystem"`)
		}
	case "mountopt", "override_kernel_check":
	default:
		return d.unknown()
	}
	if slices.Contains(incompatible, key) {
		o.Incompatible = slices.DeleteFunc(o.Incompatible, func(set string) bool { return set == key })
		if value != "" {
			o.Incompatible = append(o.Incompatible, key)
		} else if len(o.Incompatible) == 0 {
			o.Incompatible = nil
		}
	}
	return nil
}

// addStores adds the stores of a comma-separated list, which may be empty.
func (d driverOption) addStores(o *Options, list string) error {
	if list == "" {
		return nil
	}
	for store := range strings.SplitSeq(list, ",") {
		if !path.IsAbs(store) {
			return d.wrong(store, "must be an absolute path")
		}
		o.AdditionalImageStores = append(o.AdditionalImageStores, path.Clean(store))
	}
	return nil
}

// addLayerStores adds the directories of a comma-separated list: DIR or DIR:ref.
func (d driverOption) addLayerStores(o *Options, list string) error {
	if list == "" {
		return nil
	}
	for store := range strings.SplitSeq(list, ",") {
		dir, reference, found := strings.Cut(store, ":")
		if !path.IsAbs(dir) || found && reference != "ref" {
			return d.wrong(store, "must be an absolute path, or one with :ref")
		}
		o.MustExist = append(o.MustExist, path.Clean(dir))
	}
	return nil
}

func (d driverOption) unknown() error {
	return &ValueError{Source: d.source, Key: d.label, Want: "unknown option of the overlay driver"}
}

func (d driverOption) wrong(value, want string) error {
	return &ValueError{Source: d.source, Line: d.at.origin().Line, Key: d.label, Value: strconv.Quote(value), Want: want}
}
