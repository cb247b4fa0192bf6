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
	line   func() int // of the key in the source, nil if that is not a file
}

// driverOptions returns the driver options of the file. Source:
// ReloadConfigurationFile in types/options.go, and GetGraphDriverOptions.
func (c *storageConf) driverOptions(source, driver string) []driverOption {
	var list []driverOption
	for _, s := range c.additionalImageStores {
		list = append(list, driverOption{label: "storage.options.additionalimagestores", text: ".imagestore=" + s, line: c.storesLine})
	}
	for _, s := range c.additionalLayerStores {
		list = append(list, driverOption{label: "storage.options.additionallayerstores", text: ".additionallayerstore=" + s, line: c.layerStoresLine})
	}
	if driver == overlay {
		list = append(list, c.overlay...)
	}
	for i := range list {
		list[i].source = source
	}
	return list
}

// fileOptions are the overlay driver's options in storage.conf whose values are checked.
var fileOptions = []string{"use_composefs", "mount_program", "force_mask", "ignore_chown_errors", "size", "inodes", "skip_mount_home"}

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
// Blanks around key and value, the key's case, and the prefixes "overlay.", "overlay2." and "." do
// not matter. Unknown options are an error. Source: parseOptions in drivers/overlay/overlay.go.
func (d driverOption) apply(o *Options) error {
	key, value, ok := strings.Cut(d.text, "=")
	if !ok {
		return &ValueError{Source: d.source, Key: strconv.Quote(d.text), Want: "must be KEY=VALUE"}
	}
	key, value = strings.TrimSpace(key), strings.TrimSpace(value)
	if d.label == "" {
		d.label = key
	}
	key = strings.ToLower(key)
	for _, prefix := range []string{"overlay.", "overlay2.", "."} {
		key = strings.TrimPrefix(key, prefix)
	}
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
		o.Quota = o.Quota || strings.Trim(value, "0") != ""
	case "force_mask":
		if _, err := strconv.ParseInt(value, 8, 32); err != nil && value != "shared" && value != "private" {
			return d.wrong(value, `must be "shared", "private" or an octal mode such as "0755", in [storage.options.overlay]`)
		}
	case "size":
		if !sizes.MatchString(value) {
			return d.wrong(value, `must be a size such as "10G"`)
		}
		o.Quota = o.Quota || strings.ContainsAny(value, "123456789")
	case "mount_program":
		if value != "" {
			o.MustExist = append(o.MustExist, value)
		}
	case "additionallayerstore":
		return d.addLayerStores(o, value)
	case "mountopt", "override_kernel_check":
	default:
		return &ValueError{Source: d.source, Key: d.label, Want: "unknown option of the overlay driver"}
	}
	if slices.Contains(incompatible, key) {
		o.Incompatible = slices.DeleteFunc(o.Incompatible, func(set string) bool { return set == key })
		if value != "" {
			o.Incompatible = append(o.Incompatible, key)
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
		dir, reference, _ := strings.Cut(store, ":")
		if !path.IsAbs(dir) || reference != "" && reference != "ref" {
			return d.wrong(store, "must be an absolute path, or one with :ref")
		}
		o.MustExist = append(o.MustExist, path.Clean(dir))
	}
	return nil
}

func (d driverOption) wrong(value, want string) error {
	line := 0
	if d.line != nil {
		line = d.line()
	}
	return &ValueError{Source: d.source, Line: line, Key: d.label, Value: strconv.Quote(value), Want: want}
}
