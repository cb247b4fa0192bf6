//go:build linux

package export

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/repository"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/catalog"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/pool"
	"github.com/composefs-storage/composefs-storage/driver/store/survey"
)

// Options control [Image].
type Options struct {
	Methods  []repository.Method // in the order in which they are tried
	Name     string              // of the image in the repository
	Streams  bool                // write the split streams and the tag
	Bootable bool                // write the bootable image

	// Progress gets the number of bytes of the contents that are in the repository, in calls one after the other. It
	// may be nil.
	Progress func(done, total int64)
}

// Result is the result of an export.
type Result struct {
	Linked, Reflinked, Copied, Present int   // objects
	Contents                           int64 // bytes of all objects of the layers
	Written                            int64 // bytes that were written
	Sealed                             int   // new files with fs-verity

	// The fs-verity digests of the images in hexadecimal digits, "" for one that was not written.
	Merged, Canonical, Bootable string

	NotCanonical string // why there is no canonical image, "" if there is one

	Manifest string // sha256 digest of the manifest, "" without streams
}

// KindError is the error for a layer that is not composefs.
type KindError struct {
	Layer string // ID
	Kind  survey.Kind
}

func (e *KindError) Error() string {
	return fmt.Sprintf("layer %s is %s, and only composefs layers can be exported", e.Layer, e.Kind)
}

// exporter exports an image.
type exporter struct {
	ctx     context.Context
	stores  *chain.Stores
	repo    *repository.Repository
	opts    Options
	layers  []survey.Layer                  // top first
	objects map[verity.Digest]verity.Digest // those of the store by the repository's algorithm

	mu     sync.Mutex // guards objects until list ends, the counts of result, and calls of opts.Progress
	done   int64      // bytes of contents
	result Result
}

// Check returns an error if an image with these layers cannot be exported.
func Check(layers []survey.Layer) error {
	for _, l := range layers {
		if l.Kind != survey.Composefs {
			return &KindError{l.ID, l.Kind}
		}
	}
	if len(layers) == 0 {
		return errors.New("the image has no layers")
	}
	return nil
}

// Image writes a container image with the given layers, top first, to a repository. After an error the
// repository has its former content, and perhaps some objects more.
func Image(ctx context.Context, stores *chain.Stores, image catalog.Image, layers []survey.Layer, r *repository.Repository, opts Options) (result Result, err error) {
	if err := Check(layers); err != nil {
		return result, err
	}
	release, err := hold(stores)
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, release()) }()
	group, ctx := errgroup.WithContext(ctx)
	e := &exporter{ctx: ctx, stores: stores, repo: r, opts: opts, layers: layers, objects: map[verity.Digest]verity.Digest{}}
	list, err := e.list()
	if err != nil {
		return result, err
	}
	group.Go(func() error { return e.each(list, e.addObject) })
	group.Go(func() error { return e.addNames(image) }) // digests are enough for it
	if err := group.Wait(); err != nil {
		return e.result, err
	}
	e.result.Sealed, err = r.Commit()
	return e.result, err
}

// addNames adds the images and split streams, which name objects.
func (e *exporter) addNames(image catalog.Image) error {
	if err := e.addImages(); err != nil {
		return err
	}
	return e.addStreams(image)
}

// hold takes the locks of the pools, shared, so that nothing is collected.
func hold(stores *chain.Stores) (release func() error, err error) {
	var releases []func() error
	release = func() error {
		var errs []error
		for _, r := range releases {
			errs = append(errs, r())
		}
		return errors.Join(errs...)
	}
	for _, s := range stores.Writable() {
		p, err := pool.Open(s, objects.SealNever)
		if err != nil {
			return nil, errors.Join(err, release())
		}
		unlock, err := p.Hold()
		if err != nil {
			return nil, errors.Join(err, p.Close(), release())
		}
		releases = append(releases, unlock, p.Close)
	}
	return release, nil
}
