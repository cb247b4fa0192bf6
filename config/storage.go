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

func parseStorage(text *Text) (*storageConf, error) {
	root, err := parseTOML(text)
	if err != nil {
		return nil, err
	}
	storage, err := root.table("storage")
	if err != nil {
		return nil, err
	}
	c := new(storageConf)
	for _, e := range []struct {
		key  string
		dest *string
	}{
		{"driver", &c.driver},
		{"graphroot", &c.graphRoot},
		{"runroot", &c.runRoot},
		{"imagestore", &c.imageStore},
		{"rootless_storage_path", &c.rootlessStoragePath},
	} {
		if *e.dest, err = storage.text(e.key); err != nil {
			return nil, err
		}
	}
	options, err := storage.table("options")
	if err != nil {
		return nil, err
	}
	return c, c.parseOptions(options)
}

// parseOptions reads [storage.options]. Its use_composefs is checked to be a string
// and then forgotten, as upstream does: GetGraphDriverOptions in pkg/config/config.go
// looks into [storage.options.overlay] only, unlike for most other options.
func (c *storageConf) parseOptions(options *table) error {
	if _, err := options.text("use_composefs"); err != nil {
		return err
	}
	var err error
	if c.additionalImageStores, err = options.texts("additionalimagestores"); err != nil {
		return err
	}
	c.storesLine = options.lineOf("additionalimagestores")
	overlay, err := options.table("overlay")
	if err != nil {
		return err
	}
	if c.useComposefs, err = overlay.text("use_composefs"); err != nil {
		return err
	}
	c.composefsLine = overlay.lineOf("use_composefs")
	if err := c.parseHindrances(options, overlay); err != nil {
		return err
	}
	pull, err := options.table("pull_options")
	if err != nil {
		return err
	}
	c.pull, err = parsePull(pull)
	return err
}

// parseHindrances reads what the driver cannot do with composefs. A key in
// [storage.options.overlay] counts before the one in [storage.options], where force_mask
// is a number.
func (c *storageConf) parseHindrances(options, overlay *table) error {
	for _, key := range hindrances {
		value, err := overlay.text(key)
		if err != nil {
			return err
		}
		if value == "" && key == "force_mask" {
			if mask, _, _ := options.find(key); mask != nil && mask != int64(0) {
				value = fmt.Sprint(mask)
			}
		} else if value == "" {
			if value, err = options.text(key); err != nil {
				return err
			}
		}
		if value != "" {
			c.hindrances = append(c.hindrances, key+"="+value)
		}
	}
	return nil
}

// parsePull reads pull_options, which upstream keeps as a map of strings: every value
// must be a string, also of unknown keys, and keys match exactly. A boolean is true
// if its lower case is "true", otherwise false; nothing is a wrong value. Source:
// parsePullOptions in pkg/chunked/storage_linux.go.
func parsePull(t *table) (PullOptions, error) {
	var p PullOptions
	if t == nil {
		return p, nil
	}
	values := make(map[string]string)
	for _, key := range t.keys() {
		s, ok := t.values[key].(string)
		if !ok {
			return p, t.wrong(key, "must be a string, in quotes")
		}
		values[key] = s
	}
	on := func(key string) bool { return strings.ToLower(values[key]) == "true" }
	p.EnablePartialImages = on("enable_partial_images")
	if values["convert_images"] != "" {
		p.ConvertImages = switchOf(on("convert_images"))
	}
	p.UseHardLinks = on("use_hard_links")
	p.InsecureAllowUnpredictableImageContents = on("insecure_allow_unpredictable_image_contents")
	for repo := range strings.SplitSeq(values["ostree_repos"], ":") {
		if repo != "" {
			p.OSTreeRepos = append(p.OSTreeRepos, repo)
		}
	}
	return p, nil
}
