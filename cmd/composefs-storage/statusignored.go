package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/composefs-storage/composefs-storage/config"
	"github.com/composefs-storage/composefs-storage/driver/settings"
	"github.com/composefs-storage/composefs-storage/driver/trust/policy"
)

// addIgnored adds faults of the configuration files that do not keep podman from starting, and directories of
// object_repos without effect.
func (r *status) addIgnored(st *store, sources config.Sources) {
	for _, key := range config.Ignored(sources) {
		r.Problems = append(r.Problems, key.String()+didYouMean(key))
	}
	_ = settings.NewObjectRepos(st.conf, st.nearest(), func(err error) {
		r.Problems = append(r.Problems, "object_repos: "+oneLine(err))
	}).Sources()
	if _, err := policy.Load(st.conf.Digests.Dirs, st.conf.Digests.Named); err != nil {
		r.Problems = append(r.Problems, "podman mounts no images: "+oneLine(err))
	}
}

// didYouMean returns the keys and tables that look like an unknown key, as a question; "" if there
// are none.
func didYouMean(key config.IgnoredKey) string {
	var near []string
	for _, a := range key.Alternatives() {
		if looksLike(key.Name(), a.Name) {
			near = append(near, a.Where)
		}
	}
	if len(near) == 0 {
		return ""
	}
	return "; did you mean " + strings.Join(near, " or ") + "?"
}

// looksLike compares words as cobra compares an unknown command with its own.
func looksLike(typed, known string) bool {
	root := &cobra.Command{SuggestionsMinimumDistance: 2}
	root.AddCommand(&cobra.Command{Use: known, Run: func(*cobra.Command, []string) {}})
	return len(typed) > 2 && len(root.SuggestionsFor(typed)) > 0
}
