package config

import (
	"io/fs"
	"strconv"
	"strings"
)

// storageConf holds the values of storage.conf and its drop-ins. Source: TomlConfig in
// types/options.go and OptionsConfig in pkg/config/config.go of containers/storage.
type storageConf struct {
	driver                         value
	graphRoot, runRoot, imageStore value
	rootlessStoragePath            value
	options                        []driverOption // of all drivers
	overlay                        []driverOption // of the overlay driver
	pull                           map[string]value
}

// parseStorage reads storage.conf and its drop-ins. If values are invalid it returns the others, and
// [Errors].
func parseStorage(rules Rules, texts []Text) (*storageConf, error) {
	var errs Errors
	var root layers
	for i := range texts {
		t, err := parseTOML(&texts[i])
		if err == nil {
			root = append(root, t)
			err = t.check(rules, "").err()
		}
		errs = errs.with(err)
	}
	storage := root.table("storage")
	options := storage.table("options")
	c := &storageConf{
		driver:              storage.text("driver"),
		graphRoot:           storage.text("graphroot"),
		runRoot:             storage.text("runroot"),
		imageStore:          storage.text("imagestore"),
		rootlessStoragePath: storage.text("rootless_storage_path"),
		pull:                options.table("pull_options").exact(),
	}
	for _, v := range options.list("additionalimagestores") {
		c.options = append(c.options, v.option("imagestore"))
	}
	for _, v := range options.list("additionallayerstores") {
		c.options = append(c.options, v.option("additionallayerstore"))
	}
	c.addOptions(rules, options)
	return c, errs.err()
}

// origins finds the places of the values that are not empty.
func (c *storageConf) origins() origins {
	values := map[string]value{"driver": c.driver, "graphroot": c.graphRoot, "runroot": c.runRoot, "imagestore": c.imageStore}
	for key := range knownKeys[OneFile][pullOptions] {
		values[key] = c.pull[key]
	}
	from := origins{}
	for key, v := range values {
		if v.text != "" {
			from[key] = v.origin
		}
	}
	return from
}

// option returns a driver option with this value.
func (v value) option(key string) driverOption {
	return driverOption{source: v.of.file.Name, label: v.of.name(v.key), text: "." + key + "=" + v.text, at: v}
}

// addOptions adds the driver options in [storage.options] and [storage.options.overlay]. The driver
// gets both, the latter last. An empty value is none. use_composefs has no effect in
// [storage.options]: unlike for most options, GetGraphDriverOptions in pkg/config/config.go looks into
// [storage.options.overlay] only.
func (c *storageConf) addOptions(rules Rules, options layers) {
	overlay := options.table("overlay")
	for _, key := range fileOptions {
		if knownKeys[rules]["storage.options.overlay"][key] == nil {
			continue
		}
		outer, inner := options.text(key), overlay.text(key)
		switch key {
		case "use_composefs", "inodes", "sync":
			outer = value{}
		case "force_mask":
			mask, of := options.number(key) // check has limited it to 32 bits
			if mask != 0 {
				outer = of.with(strconv.FormatInt(mask, 8))
			}
			if mask != 0 && inner.text == "" && rules == OneFile { // upstream's text, which its driver refuses
				inner = of.with(fs.FileMode(mask).String())
			}
		}
		if outer.text != "" {
			c.options = append(c.options, outer.option(key))
		}
		if inner.text != "" {
			c.overlay = append(c.overlay, inner.option(key))
		}
	}
}

// parsePull makes options of pull_options, in upstream a map of strings: keys match exactly. A
// boolean is true if its lower case is "true", and false otherwise; no value is invalid. Source:
// parsePullOptions in pkg/chunked/storage_linux.go.
func parsePull(pull map[string]value) (p PullOptions) {
	on := func(key string) bool { return strings.ToLower(pull[key].text) == "true" }
	p.EnablePartialImages = on("enable_partial_images")
	if pull["convert_images"].text != "" {
		p.ConvertImages = switchOf(on("convert_images"))
	}
	p.UseHardLinks = on("use_hard_links")
	p.InsecureAllowUnpredictableImageContents = on("insecure_allow_unpredictable_image_contents")
	for repo := range strings.SplitSeq(pull["ostree_repos"].text, ":") {
		if repo != "" {
			p.OSTreeRepos = append(p.OSTreeRepos, repo)
		}
	}
	return p
}
