package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/composefs-storage/composefs-storage/config"
	"github.com/composefs-storage/composefs-storage/driver/message"
	"github.com/composefs-storage/composefs-storage/driver/settings"
	"github.com/composefs-storage/composefs-storage/driver/store/catalog"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// store is the store of containers/storage that a command works with. It may not exist yet.
type store struct {
	root   string // --root, or "" for the one that is configured
	conf   *config.Options
	stores chain.Stores

	outside error // why a user's command runs outside of podman's user namespace
}

// addFlag adds the option that selects the store.
func (st *store) addFlag(cmd *cobra.Command) { cmd.Flags().StringVar(&st.root, "root", "", "") }

// load enters podman's user namespace if the user is not root, and reads the configuration.
func (st *store) load() error {
	st.outside = enterUserNamespace()
	return st.read()
}

// read reads the configuration. With --root no driver option of the files counts, as in podman.
func (st *store) read() (err error) {
	var options []string
	if st.root != "" {
		options = []string{}
	}
	if st.conf, err = settings.Load("", options); err != nil {
		return err
	}
	if st.root != "" {
		if st.conf.GraphRoot, err = filepath.Abs(st.root); err != nil {
			return err
		}
		if resolved, err := filepath.EvalSymlinks(st.conf.GraphRoot); err == nil {
			st.conf.GraphRoot = resolved
		}
	}
	st.stores = settings.Stores(st.conf, chain.Home(st.conf.GraphRoot), st.conf.ImageStore, st.conf.AdditionalImageStores)
	return nil
}

// find returns the layers of the image that a user means by a name, the top one first.
func (st *store) find(name string) (image catalog.Image, layers []string, err error) {
	c, image, err := st.look(name)
	if err != nil {
		return image, nil, err
	}
	return image, c.Chain(image.Layer), nil
}

// look finds an image in the catalog of the stores.
func (st *store) look(name string) (c *catalog.Catalog, image catalog.Image, err error) {
	c, err = catalog.Read(&st.stores)
	if err == nil {
		image, err = c.Find(name)
	}
	if err != nil {
		return nil, image, st.hint(err)
	}
	return c, image, nil
}

// findImage is find for a name that could be that of a file, too, and is not.
func (st *store) findImage(name string) (image catalog.Image, layers []string, err error) {
	image, layers, err = st.find(name)
	if errors.Is(err, catalog.ErrUnknown) {
		err = st.hint(fmt.Errorf("open %s: no such file, and %w", name, err))
	}
	return image, layers, err
}

// hint adds the remedy to an error about the store.
func (st *store) hint(err error) error {
	var ambiguous *catalog.AmbiguousError
	switch {
	case errors.As(err, &ambiguous):
		return withHint(err, "give the whole name, or more of the ID")
	case errors.Is(err, catalog.ErrUnknown) && st.root != "":
		return withHint(err, `"podman --root %s images" lists the images of this store`, message.Word(st.root))
	case errors.Is(err, catalog.ErrUnknown):
		return withHint(err, `"podman images" lists the images of %s; use --root DIR for another store`, st.conf.GraphRoot)
	case errors.Is(err, os.ErrPermission) && st.outside != nil:
		return withHint(err, "the store can be read in podman's user namespace only, and there is none: %s", oneLine(st.outside))
	case errors.Is(err, os.ErrPermission):
		return withHint(err, "run the command as root: only root can read the whole store")
	}
	return err
}
