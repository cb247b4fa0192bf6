package images

import (
	"context"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// keepTree is how long the tree of a merge is kept for the next one.
const keepTree = 20 * time.Second

// former is the tree of the last merge of a process. In a build without root each step merges the chain
// of the step before and one layer more; then only the new layer is read. Methods may be called
// concurrently.
type former struct {
	mutex  sync.Mutex
	layers []fs.FileInfo // the layer images, the lowest first
	tree   *tree.Tree
	end    *time.Timer
}

// merge returns the tree of a chain. It is the former tree, extended, if the chain begins with its layers.
func (f *former) merge(ctx context.Context, in *inputs) (*tree.Tree, error) {
	if layers, t := f.take(); t != nil && begins(in.files, layers) {
		if err := convert.Extend(ctx, t, in.sources[len(layers):]); err == nil {
			return t, nil
		}
	}
	return convert.MergeTree(ctx, in.sources, false)
}

// begins reports whether the first files are the given ones, unchanged.
func begins(files, first []fs.FileInfo) bool {
	if len(files) < len(first) {
		return false
	}
	for i, want := range first {
		if got := files[i]; !os.SameFile(got, want) || got.Size() != want.Size() || !got.ModTime().Equal(want.ModTime()) {
			return false
		}
	}
	return true
}

// take returns the former layers and tree, and forgets them.
func (f *former) take() (layers []fs.FileInfo, t *tree.Tree) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	layers, t = f.layers, f.tree
	f.layers, f.tree = nil, nil
	if f.end != nil {
		f.end.Stop()
	}
	return layers, t
}

// keep keeps the tree of the layers for some time.
func (f *former) keep(layers []fs.FileInfo, t *tree.Tree, most time.Duration) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.end != nil {
		f.end.Stop()
	}
	f.layers, f.tree = layers, t
	f.end = time.AfterFunc(most, func() {
		f.mutex.Lock()
		defer f.mutex.Unlock()
		if f.tree == t {
			f.layers, f.tree = nil, nil
		}
	})
}
