package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/composefs-storage/composefs-storage/convert/repository"
	"github.com/composefs-storage/composefs-storage/driver/settings"
	"github.com/composefs-storage/composefs-storage/driver/store/catalog"
	"github.com/composefs-storage/composefs-storage/driver/store/survey"
	"github.com/composefs-storage/composefs-storage/driver/upkeep/export"
)

const exportUsage = `Usage:
  composefs-storage export IMAGE --repo DIR [--bootable] [--algorithm=NAME]
                           [--link | --reflink | --copy] [--name NAME] [--no-oci]
                           [--quiet] [--json] [--root DIR]

Write a container image to a composefs repository, as bootc and cfsctl of composefs-rs
use it, and make the repository if DIR is new or empty. The repository gets the contents
of all layers as objects, the merged image and its canonical form, and the manifest, the
configuration and the tars of the layers. Existing files stay as they are.

On the file system of podman's store objects are hard links, and nothing is copied.
Elsewhere they are reflinks if the file system has these, or copies. A repository with
another algorithm than the store's has no links: a file has one fs-verity digest only.
bootc needs sha512: see algorithm in composefs.conf(5).

An export that is killed leaves the repository as it was, perhaps with more objects. New
files get fs-verity where DIR supports it; linked ones are as they are in the store.

Options:
  --repo DIR         the repository
  --bootable         also write the image that a host boots: see "digest --bootable"
  --algorithm=NAME   of the fs-verity digests, sha256 or sha512; by default the store's
  --link             only link objects, and fail where that is not possible
  --reflink          only reflink objects
  --copy             copy all objects
  --name NAME        the image's name in the repository, instead of its name in the store
  --no-oci           write no manifest, configuration and tars
  --quiet            show no progress
  --json             print an object; sizes are bytes
  --root DIR         the store, instead of the one that storage.conf configures
`

// exporter holds the options of export.
type exporter struct {
	streams
	store                               store
	repo, algorithm, name               string
	link, reflink, copies               bool
	bootable, withoutOCI, quiet, asJSON bool
}

func exportCommand(s streams) *cobra.Command {
	e := &exporter{streams: s}
	cmd := &cobra.Command{
		Use:   "export IMAGE --repo DIR",
		Short: "Write a container image to a composefs repository",
		Long:  exportUsage,
		Args:  exactly("IMAGE"),
		RunE: func(_ *cobra.Command, args []string) error {
			if e.repo == "" {
				return usageError{errors.New("--repo DIR is missing")}
			}
			if _, err := parseAlgorithm(cmp.Or(e.algorithm, "sha256")); err != nil {
				return err
			}
			return interruptible(func(ctx context.Context) error { return e.run(ctx, args[0]) })
		},
	}
	cmd.Flags().StringVar(&e.repo, "repo", "", "")
	cmd.Flags().BoolVar(&e.bootable, "bootable", false, "")
	cmd.Flags().StringVar(&e.algorithm, "algorithm", "", "")
	cmd.Flags().BoolVar(&e.link, "link", false, "")
	cmd.Flags().BoolVar(&e.reflink, "reflink", false, "")
	cmd.Flags().BoolVar(&e.copies, "copy", false, "")
	cmd.Flags().StringVar(&e.name, "name", "", "")
	cmd.Flags().BoolVar(&e.withoutOCI, "no-oci", false, "")
	cmd.Flags().BoolVar(&e.quiet, "quiet", false, "")
	cmd.Flags().BoolVar(&e.asJSON, "json", false, "")
	e.store.addFlag(cmd)
	cmd.MarkFlagsMutuallyExclusive("link", "reflink", "copy")
	return cmd
}

// methods returns the ways in which objects come into the repository. linkable reports that it names
// them as the store does.
func (e *exporter) methods(linkable bool) []repository.Method {
	switch {
	case e.link:
		return []repository.Method{repository.Link}
	case e.reflink:
		return []repository.Method{repository.Reflink}
	case e.copies:
		return []repository.Method{repository.Copy}
	case !linkable:
		return []repository.Method{repository.Reflink, repository.Copy}
	}
	return []repository.Method{repository.Link, repository.Reflink, repository.Copy}
}

func (e *exporter) run(ctx context.Context, name string) (err error) {
	dir, err := filepath.Abs(e.repo) // entering the user namespace may change the directory
	if err == nil {
		err = e.store.load()
	}
	if err != nil {
		return err
	}
	image, ids, err := e.store.find(name)
	if err != nil {
		return err
	}
	stores, err := settings.Algorithm(&e.store.stores)
	if err != nil {
		return err
	}
	a, _ := parseAlgorithm(cmp.Or(e.algorithm, stores.String()))
	if e.link && a != stores {
		return usageError{fmt.Errorf("--link works with --algorithm=%s only: podman's store has files with fs-verity digests by %[1]s", stores)}
	}
	layers, err := survey.Kinds(&e.store.stores, ids)
	if err == nil {
		err = export.Check(layers)
	}
	if err != nil {
		return e.hint(image, err)
	}
	r, err := repository.Open(dir, a)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	bar := e.newProgress(e.quiet || e.asJSON)
	result, err := export.Image(ctx, &e.store.stores, image, layers, r, export.Options{
		Methods: e.methods(a == stores), Name: e.nameOf(image), Streams: !e.withoutOCI, Bootable: e.bootable, Progress: bar.show,
	})
	bar.end()
	if err != nil {
		return e.hint(image, err)
	}
	return e.print(dir, e.nameOf(image), result)
}

// hint adds the name and the remedy to an error about an image.
func (e *exporter) hint(image catalog.Image, err error) error {
	err = fmt.Errorf("image %s: %w", shortID(image.ID), err)
	if kind := (*export.KindError)(nil); errors.As(err, &kind) && (kind.Kind == survey.Plain || kind.Kind == survey.Stock) {
		return withHint(err, "composefs-storage convert %s", shortID(image.ID))
	}
	return e.store.hint(err)
}

// nameOf returns the name of an image in the repository.
func (e *exporter) nameOf(image catalog.Image) string {
	if e.name == "" && len(image.Names) > 0 {
		return image.Names[0]
	}
	return cmp.Or(e.name, image.ID)
}

// exported is the result of export.
type exported struct {
	Repository string `json:"repository"`
	Name       string `json:"name"`
	Manifest   string `json:"manifest"`
	Merged     string `json:"merged"`
	Canonical  string `json:"canonical"`
	Bootable   string `json:"bootable"`
	Missing    string `json:"not_canonical"` // why there is no canonical image
	Linked     int    `json:"linked"`
	Reflinked  int    `json:"reflinked"`
	Copied     int    `json:"copied"`
	Present    int    `json:"present"`
	Contents   int64  `json:"contents_bytes"`
	Written    int64  `json:"written_bytes"`
	Sealed     int    `json:"sealed"`
}

func (e *exporter) print(dir, name string, r export.Result) error {
	if e.asJSON {
		encoder := json.NewEncoder(e.out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(exported{dir, name, r.Manifest, r.Merged, r.Canonical, r.Bootable, r.NotCanonical, r.Linked, r.Reflinked, r.Copied, r.Present, r.Contents, r.Written, r.Sealed})
	}
	w := tabwriter.NewWriter(e.out, 0, 8, 2, ' ', 0)
	for _, row := range [][2]string{
		{"repository", escape(dir)}, {"name", escape(name)}, {"manifest", r.Manifest},
		{"merged image", r.Merged}, {"canonical image", cmp.Or(r.Canonical, "none: "+r.NotCanonical)}, {"bootable image", r.Bootable},
		{"objects", fmt.Sprintf("%d linked, %d reflinked, %d copied, %d were there", r.Linked, r.Reflinked, r.Copied, r.Present)},
		{"written", fmt.Sprintf("%s; the contents are %s", humanSize(r.Written), humanSize(r.Contents))},
	} {
		if row[1] != "" {
			fmt.Fprintf(w, "%s\t%s\n", row[0], row[1])
		}
	}
	return w.Flush()
}
