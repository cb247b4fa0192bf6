package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/composefs-storage/composefs-storage/config"
	"github.com/composefs-storage/composefs-storage/driver/settings"
	"github.com/composefs-storage/composefs-storage/driver/store/catalog"
)

const statusUsage = `Usage:
  composefs-storage status [--root DIR] [--drop-caches] [--json]

Report whether composefs is on, and all reasons if it is off. composefs is on if podman
with this project's driver makes composefs layers in pulls, loads and builds. Also report

  whether podman starts,
  the settings, and the file, variable or flag that sets each,
  keys of storage.conf without an effect,
  the features of the kernel and the contents of the store,
  the processes that serve images to users without root.

The exit code is 0 whether composefs is on or off.

status does not change the store. It probes kernel features in a temporary directory
there, or in the nearest directory above a store that does not exist yet. Without root
and without podman it reports only the files that it can read.

Options:
  --root DIR   the store, instead of the one that storage.conf configures. As with
               podman --root, driver options in storage.conf, such as
               use_composefs, then do not count
  --drop-caches
               probe also, on Linux 7, whether files that fs-verity verifies open
               after a reboot: the kernel drops all inodes that are not in use, on
               the whole machine
  --json       print an object; all sizes are bytes
  --metrics    print metrics for Prometheus, for the textfile collector of node_exporter
`

// status is the result. Unknown values are null.
type status struct {
	Active   bool            `json:"active"`   // new layers become composefs
	Starts   *bool           `json:"starts"`   // podman starts
	Decision string          `json:"decision"` // set, pool, false or unset
	Because  string          `json:"because"`  // the same in words
	Reasons  []string        `json:"reasons"`  // why it is not
	Hints    []string        `json:"hints"`
	Problems []string        `json:"problems"` // why podman does not start, keys without effect, and servers that have ended
	Unknown  []string        `json:"unknown"`  // unanswered questions
	Kernel   string          `json:"kernel"`
	Root     string          `json:"root"`
	Settings []setting       `json:"settings"`
	Features []featureStatus `json:"features"`
	Stores   []storeStatus   `json:"stores"`
	Layers   map[string]int  `json:"layers"` // of images, by kind
	Images   map[string]int  `json:"images"` // by kind
	Unnamed  int             `json:"images_without_name"`
	Servers  []serverStatus  `json:"servers"`

	refusal string                   // why podman does not start
	from    map[string]config.Origin // the places of the settings
}

type setting struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Source string `json:"source"`         // a file, a variable or a flag, "" for the default
	Line   int    `json:"line,omitempty"` // of the key in the file
}

type featureStatus struct {
	Name      string `json:"name"`
	Since     string `json:"since,omitempty"` // the Linux release
	Supported *bool  `json:"supported"`
	Reason    string `json:"reason,omitempty"`
}

type storeStatus struct {
	Root     string      `json:"root"`
	ReadOnly bool        `json:"read_only"`
	Exists   bool        `json:"exists"`
	Pool     *poolStatus `json:"pool"` // null if there is none
}

type poolStatus struct {
	Path      string `json:"path"`
	Algorithm string `json:"algorithm"` // of the names of objects
	Objects   amount `json:"objects"`
	Images    amount `json:"images"`
	Saved     int64  `json:"saved_bytes"`
}

func statusCommand(s streams) *cobra.Command {
	st, asJSON, asMetrics, dropCaches := &store{}, false, false, false
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Report whether composefs is on, and the contents of the store",
		Long:  statusUsage,
		Args:  none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			result, err := newStatus(cmd.Context(), st, dropCaches)
			if err != nil {
				return err
			}
			switch {
			case asJSON:
				return s.printJSON(result)
			case asMetrics:
				return result.printMetrics(s)
			}
			return result.print(s)
		},
	}
	st.addFlag(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	cmd.Flags().BoolVar(&asMetrics, "metrics", false, "")
	cmd.MarkFlagsMutuallyExclusive("json", "metrics")
	cmd.Flags().BoolVar(&dropCaches, "drop-caches", false, "")
	return cmd
}

func newStatus(ctx context.Context, st *store, dropCaches bool) (*status, error) {
	if err := st.load(); err != nil {
		return nil, unreadable(err)
	}
	result := &status{
		Reasons: []string{}, Hints: []string{}, Problems: []string{}, Unknown: []string{}, Servers: []serverStatus{},
		Kernel: kernelRelease(), Root: st.conf.GraphRoot,
	}
	sources, err := settings.Sources()
	if err != nil {
		return nil, err
	}
	if st.root != "" {
		sources.DriverOptions = []string{} // as in load
	}
	if result.from, err = config.Origins(sources); err != nil {
		return nil, unreadable(err)
	}
	result.addSettings(st, sources)
	result.addStart(st)
	result.addFeatures(st, dropCaches)
	result.addReasons(st, sources)
	result.addIgnored(st, sources)
	result.addStores(ctx, st)
	known, err := catalog.Read(&st.stores)
	if err == nil {
		err = result.addImages(st, known)
	} else {
		known = new(catalog.Catalog)
	}
	if err != nil {
		result.Unknown = append(result.Unknown, "images: "+oneLine(err))
	}
	result.addServers(st, known)
	return result, nil
}

// unreadable adds the remedy to an error in a configuration file.
func unreadable(err error) error {
	var value *config.ValueError
	var syntax *config.SyntaxError
	if errors.As(err, &value) || errors.As(err, &syntax) {
		return withHint(err, "correct the file: podman does not start before")
	}
	return err
}
