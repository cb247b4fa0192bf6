package config

import (
	"io/fs"
	"strings"
)

// storageConf holds the values of a storage.conf. Source: TomlConfig in types/options.go and
// OptionsConfig in pkg/config/config.go of containers/storage.
type storageConf struct {
	driver                         string
	graphRoot, runRoot, imageStore string
	rootlessStoragePath            string
	additionalImageStores          []string
	additionalLayerStores          []string
	overlay                        []driverOption // without a source
	pull                           PullOptions

	storesLine, layerStoresLine func() int // of additionalimagestores and additionallayerstores
}

// parseStorage reads a storage.conf. If values are invalid it returns the others, and [Errors].
func parseStorage(text *Text) (*storageConf, error) {
	c := new(storageConf)
	root, err := parseTOML(text)
	if err != nil {
		return c, err
	}
	storage := root.table("storage")
	c.driver = storage.text("driver")
	c.graphRoot = storage.text("graphroot")
	c.runRoot = storage.text("runroot")
	c.imageStore = storage.text("imagestore")
	c.rootlessStoragePath = storage.text("rootless_storage_path")
	c.parseOptions(storage.table("options"))
	return c, root.check("").err()
}

// parseOptions reads [storage.options].
func (c *storageConf) parseOptions(options *table) {
	c.additionalImageStores = options.texts("additionalimagestores")
	c.storesLine = options.lineOf("additionalimagestores")
	c.additionalLayerStores = options.texts("additionallayerstores")
	c.layerStoresLine = options.lineOf("additionallayerstores")
	overlay := options.table("overlay")
	for _, key := range fileOptions {
		c.addOverlay(overlay, key, overlay.text(key))
		switch {
		case overlay.text(key) != "", key == "use_composefs", key == "inodes":
		case key == "force_mask":
			if mask, _ := options.find(key); is[int64](mask) && mask != int64(0) {
				c.addOverlay(options, key, fs.FileMode(mask.(int64)).String()) // check has parsed it
			}
		default:
			c.addOverlay(options, key, options.text(key))
		}
	}
	c.pull = parsePull(options.table("pull_options"))
}

// addOverlay adds a key of a table to the options of the overlay driver, unless its value is empty.
// A key in [storage.options.overlay] takes precedence over the one in [storage.options]. In the
// latter, force_mask is a number, which upstream turns into a text that its driver refuses, and
// use_composefs has no effect: unlike for most options, GetGraphDriverOptions in
// pkg/config/config.go looks into [storage.options.overlay] only.
func (c *storageConf) addOverlay(t *table, key, value string) {
	if value == "" {
		return
	}
	_, spelling := t.find(key)
	c.overlay = append(c.overlay, driverOption{label: t.name(spelling), text: "." + key + "=" + value, line: t.lineOf(key)})
}

// parsePull reads pull_options, in upstream a map of strings: keys match exactly. A boolean is true
// if its lower case is "true", and false otherwise; no value is invalid. Source: parsePullOptions
// in pkg/chunked/storage_linux.go.
func parsePull(t *table) (p PullOptions) {
	if t == nil {
		return p
	}
	text := func(key string) string {
		s, _ := t.values[key].(string)
		return s
	}
	on := func(key string) bool { return strings.ToLower(text(key)) == "true" }
	p.EnablePartialImages = on("enable_partial_images")
	if text("convert_images") != "" {
		p.ConvertImages = switchOf(on("convert_images"))
	}
	p.UseHardLinks = on("use_hard_links")
	p.InsecureAllowUnpredictableImageContents = on("insecure_allow_unpredictable_image_contents")
	for repo := range strings.SplitSeq(text("ostree_repos"), ":") {
		if repo != "" {
			p.OSTreeRepos = append(p.OSTreeRepos, repo)
		}
	}
	return p
}
