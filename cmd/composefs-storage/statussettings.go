package main

import (
	"fmt"
	"strconv"

	"github.com/composefs-storage/composefs-storage/config"
	"github.com/composefs-storage/composefs-storage/driver/settings"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// addSettings adds the switches and their sources.
func (r *status) addSettings(st *store, sources config.Sources) {
	file, driver, options := textName(sources.Storage), textName(sources.Storage), textName(sources.Storage)
	if sources.StorageDriver != "" {
		driver = "STORAGE_DRIVER"
	}
	if sources.StorageOpts != nil {
		options = "STORAGE_OPTS"
	}
	switch {
	case st.root != "":
		options = "--root"
	case sources.Inherited && sources.StorageOpts == nil:
		options = "" // the file's do not count
	}
	conf := st.conf
	r.Settings = []setting{
		{"driver", conf.Driver, driver},
		{"use_composefs", conf.UseComposefs.String(), options},
		{"convert_images", conf.Pull.ConvertImages.String(), file},
		{"enable_partial_images", strconv.FormatBool(conf.Pull.EnablePartialImages), file},
		{"verity", conf.Verity.String(), textName(sources.Composefs)},
	}
}

func textName(t *config.Text) string {
	if t == nil {
		return ""
	}
	return t.Name
}

// addReasons decides whether composefs is on. Features of the kernel count only if they are known.
// storageOpts is true if STORAGE_OPTS is set.
func (r *status) addReasons(st *store, storageOpts bool) {
	conf := st.conf
	if why := settings.Unusable(chain.Home(conf.GraphRoot), conf); why != "" {
		r.Reasons = append(r.Reasons, why)
	}
	decision := settings.Decide(conf, &st.stores)
	r.Decision, r.Because = decision.String(), conf.Reason(decision)
	switch {
	case conf.Driver == "" && decision != config.ByPool: // which is what containers/storage has chosen before
		r.Reasons = append(r.Reasons, `storage.conf sets no driver, so use_composefs is ignored`)
		r.Hints = append(r.Hints, `set driver = "overlay" in [storage] of storage.conf`)
	case conf.Driver != "" && conf.Driver != "overlay":
		r.Reasons = append(r.Reasons, fmt.Sprintf("the driver is %q, not overlay", conf.Driver))
	}
	off := !decision.Active() && (conf.Driver == "" || conf.Driver == "overlay")
	if off {
		r.Reasons = append(r.Reasons, r.Because)
		r.Hints = append(r.Hints, conf.Advice(decision, st.root != "" || storageOpts)...)
	}
	if (off || conf.Pull.ConvertImages == config.On) && !conf.Pull.EnablePartialImages {
		r.Hints = append(r.Hints, `set enable_partial_images = "true" too: without it registry pulls do not look at convert_images, and layers are converted only after they have been downloaded`)
	}
	r.Active = len(r.Reasons) == 0 && (r.Starts == nil || *r.Starts)
}
