//go:build linux

package export

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/repository"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
)

// content is the content of files in a layer.
type content struct {
	layer  chain.Layer
	digest verity.Digest
	size   int64
}

// files are those with the content. A link to the pool's is possible where one to the layer's is not: the
// driver mounts the directory of the layers on itself.
func (c content) files() []string {
	object := tree.ObjectPath(c.digest)
	return []string{filepath.Join(c.layer.Store.PoolObjects(), object), filepath.Join(c.layer.Diff(), object)}
}

// list returns the contents of all layers, those too that upper layers hide: their tars have them. It fills e.objects.
func (e *exporter) list() (list []content, err error) {
	for _, l := range slices.Backward(e.layers) {
		found, err := e.contents(l.Layer)
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
	}
	for _, c := range list {
		e.result.Contents += c.size
	}
	return list, e.rehash(list)
}

// each calls do for all contents, for as many at a time as there are processors.
func (e *exporter) each(list []content, do func(content) error) error {
	const atOnce = 64
	group, ctx := errgroup.WithContext(e.ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for part := range slices.Chunk(list, atOnce) {
		group.Go(func() error {
			for _, c := range part {
				if err := ctx.Err(); err != nil {
					return err
				}
				if err := do(c); err != nil {
					return fmt.Errorf("layer %s: %w", c.layer.ID, err)
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// contents returns the contents of a layer that are not in e.objects yet, in walk order, and adds them by the store's
// digests.
func (e *exporter) contents(l chain.Layer) (list []content, err error) {
	f, img, err := images.OpenLayer(l)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // open for reading
	err = img.Walk(func(_ string, _ uint64, n *tree.Inode) error {
		if n.IsExternal() && !n.Digest.IsZero() && e.objects[n.Digest].IsZero() {
			e.objects[n.Digest] = n.Digest
			list = append(list, content{l, n.Digest, int64(n.Size)})
		}
		return nil
	})
	return list, err
}

// addObject adds a content.
func (e *exporter) addObject(c content) error {
	o := repository.Object{Digest: e.objects[c.digest].String(), Size: c.size, Files: c.files()}
	method, err := e.repo.AddObject(o, e.opts.Methods...)
	if err == nil {
		e.count(method, c.size)
		e.progress(c.size)
	}
	return err
}

// count counts an object that was added.
func (e *exporter) count(m repository.Method, size int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch m {
	case repository.Present:
		e.result.Present++
	case repository.Link:
		e.result.Linked++
	case repository.Reflink:
		e.result.Reflinked++
	case repository.Copy:
		e.result.Copied++
		e.result.Written += size
	}
}

// progress reports that so many bytes more are in the repository.
func (e *exporter) progress(n int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.done += n; e.opts.Progress != nil {
		e.opts.Progress(e.done, e.result.Contents)
	}
}

// rehash replaces the digests of contents in e.objects, for which it reads them, if the repository has another algorithm
// than the store.
func (e *exporter) rehash(list []content) error {
	others := slices.DeleteFunc(slices.Clone(list), func(c content) bool { return c.digest.Algorithm() == e.repo.Algorithm() })
	return e.each(others, func(c content) error {
		digest, err := e.digest(c)
		e.mu.Lock()
		defer e.mu.Unlock()
		e.objects[c.digest] = digest
		return err
	})
}

// digest returns the fs-verity digest of a content by the repository's algorithm.
func (e *exporter) digest(c content) (verity.Digest, error) {
	var err error
	for _, file := range c.files() {
		var f *os.File
		if f, err = os.Open(file); errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return verity.Digest{}, err
		}
		defer f.Close() //nolint:errcheck // open for reading
		return convert.Rehash(f, e.repo.Algorithm(), c.digest)
	}
	return verity.Digest{}, err
}
