package main

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/composefs-storage/composefs-storage/config"
	"github.com/composefs-storage/composefs-storage/driver/settings"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// addSettings adds the settings and their places.
func (r *status) addSettings(st *store, sources config.Sources) {
	switch { // the places of a table without use_composefs
	case r.from["use_composefs"].Source != "":
	case st.root != "":
		r.from["use_composefs"] = config.Origin{Source: "--root"}
	case sources.StorageOpts != nil:
		r.from["use_composefs"] = config.Origin{Source: "STORAGE_OPTS"}
	}
	if st.root != "" {
		r.from["graphroot"] = config.Origin{Source: "--root"}
	}
	conf := st.conf
	for _, x := range []struct{ key, value string }{
		{"driver", conf.Driver},
		{"graphroot", conf.GraphRoot},
		{"runroot", conf.RunRoot},
		{"use_composefs", conf.UseComposefs.String()},
		{"convert_images", conf.Pull.ConvertImages.String()},
		{"enable_partial_images", strconv.FormatBool(conf.Pull.EnablePartialImages)},
		{"verity", conf.Verity.String()},
		{"expected", conf.Expected.String()},
		{"algorithm", cmp.Or(conf.Algorithm, "sha256")},
		{"decompress", conf.Decompress.String()}, {"rootless", conf.Rootless.String()},
		{"object_repos", strings.Join(conf.ObjectRepos, ", ")},
	} {
		at := r.from[x.key]
		r.Settings = append(r.Settings, setting{x.key, x.value, at.Source, at.Line})
	}
}

// file returns the file that sets a key, or the usual one.
func (r *status) file(key, usual string) string {
	if at := r.from[key]; at.Line > 0 {
		return at.Source
	}
	return usual
}

// addReasons decides whether composefs is on. Features of the kernel count only if they are known.
func (r *status) addReasons(st *store, sources config.Sources) {
	conf := st.conf
	if why := settings.Unusable(chain.Home(conf.GraphRoot), conf); why != "" {
		r.Reasons = append(r.Reasons, why)
	}
	decision := settings.Decide(conf, &st.stores)
	r.Decision, r.Because = decision.String(), conf.Reason(decision)
	switch {
	case conf.Driver == "" && sources.Rules == config.OneFile && decision != config.ByPool: // which is what containers/storage has chosen before
		r.Reasons = append(r.Reasons, `storage.conf sets no driver, so use_composefs is ignored`)
		r.Hints = append(r.Hints, `set driver = "overlay" in [storage] of storage.conf`)
	case conf.Driver != "" && conf.Driver != "overlay":
		r.Reasons = append(r.Reasons, fmt.Sprintf("the driver is %q, not overlay", conf.Driver))
	}
	off := !decision.Active() && (conf.Driver == "" || conf.Driver == "overlay")
	if off {
		r.Reasons = append(r.Reasons, r.Because)
		r.Hints = append(r.Hints, conf.Advice(decision, r.from, st.root != "" || sources.StorageOpts != nil)...)
	}
	if (off || conf.Pull.ConvertImages == config.On) && !conf.Pull.EnablePartialImages {
		r.Hints = append(r.Hints, `set enable_partial_images = "true" too: without it registry pulls do not look at convert_images, and layers are converted only after they have been downloaded`)
	}
	r.Active = len(r.Reasons) == 0 && (r.Starts == nil || *r.Starts)
}
