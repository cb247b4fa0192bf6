package config

import (
	"fmt"
	"strings"
)

// storageConf is what is read of a storage.conf. Source: TomlConfig in
// types/options.go and OptionsConfig in pkg/config/config.go of containers/storage.
type storageConf struct {
	driver                         string
	graphRoot, runRoot, imageStore string
	rootlessStoragePath            string
	additionalImageStores          []string
	useComposefs                   string
	hindrances                     []string // KEY=VALUE
	pull                           PullOptions

	composefsLine, storesLine func() int // of use_composefs and additionalimagestores
}

// parseStorage reads a storage.conf. With wrong values it returns what the others say, and
// [Errors].
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

// parseOptions reads [storage.options]. Its use_composefs has no effect: GetGraphDriverOptions in
// pkg/config/config.go looks into [storage.options.overlay] only, unlike for most other options.
func (c *storageConf) parseOptions(options *table) {
	c.additionalImageStores = options.texts("additionalimagestores")
	c.storesLine = options.lineOf("additionalimagestores")
	overlay := options.table("overlay")
	c.useComposefs = overlay.text("use_composefs")
	c.composefsLine = overlay.lineOf("use_composefs")
	c.parseHindrances(options, overlay)
	c.pull = parsePull(options.table("pull_options"))
}

// parseHindrances reads what the driver cannot do with composefs. A key in
// [storage.options.overlay] counts before the one in [storage.options], where force_mask
// is a number.
func (c *storageConf) parseHindrances(options, overlay *table) {
	for _, key := range hindrances {
		value := overlay.text(key)
		if value == "" && key == "force_mask" {
			if mask, _ := options.find(key); mask != nil && mask != int64(0) {
				value = fmt.Sprint(mask)
			}
		} else if value == "" {
			value = options.text(key)
		}
		if value != "" {
			c.hindrances = append(c.hindrances, key+"="+value)
		}
	}
}

// parsePull reads pull_options, which upstream keeps as a map of strings: keys match exactly. A
// boolean is true if its lower case is "true", otherwise false; nothing is a wrong value. Source:
// parsePullOptions in pkg/chunked/storage_linux.go.
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
