package fsck

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/files"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
)

// checkChains compares the files of each layer that record the layers below it with the records of
// containers/storage. containers/storage syncs the records but not the files, so that after a power cut
// an image may silently lack its lower layers. checkChains also checks the symlink of a layer's short
// name.
func (c *checker) checkChains() {
	seen := map[string]bool{}
	for _, image := range c.Images {
		for _, id := range c.catalog.Chain(image.Layer) {
			if !seen[id] {
				seen[id] = true
				c.checkChain(id)
			}
		}
	}
}

func (c *checker) checkChain(id string) {
	want := c.catalog.Chain(id)
	for _, id := range want {
		_, known := c.catalog.Layer(id)
		if _, err := c.Stores.Find(id); !known || err != nil {
			return // another finding reports the missing layer
		}
	}
	l, err := c.Stores.Find(id)
	if err != nil {
		return
	}
	f := &Finding{Kind: ChainDifferent, Severity: Damage, Store: root(l.Store), Layers: []string{id}}
	var details []string
	wrong := func(path, detail string) {
		f.Paths, details = append(f.Paths, path), append(details, filepath.Base(path)+": "+detail)
	}
	for _, file := range chain.LowerFiles {
		if detail := c.wrongLower(l, file, want[1:]); detail != "" {
			c.astray[id] = true
			wrong(filepath.Join(l.Dir(), file), detail)
		}
	}
	if path, err := l.LinkPath(); err != nil {
		wrong(l.LinkFile(), "the layer has lost its short name")
	} else if !l.Linked() {
		wrong(path, "this symlink to the layer is lost")
	}
	if len(details) > 0 {
		f.Detail = strings.Join(details, "; ")
		c.add(f)
	}
}

// wrongLower returns the fault of a file that records the layers below l, "" for none. Versions of
// containers/storage before 1.63 need LowerFile and do not write LowerLayersFile. Version 1.63 cannot
// read a layer with an empty LowerLayersFile.
func (c *checker) wrongLower(l chain.Layer, file string, want []string) string {
	lower, ok, err := c.Stores.Lower(l, file)
	var fault *chain.LowerError
	switch {
	case errors.As(err, &fault) && fault.Missing != "":
		return fmt.Sprintf("it names %s, which no store has", fault.Missing)
	case errors.As(err, &fault):
		return fault.Detail
	case err != nil:
		return err.Error()
	case !ok && len(want) > 0 && (file == chain.LowerFile || exists(filepath.Join(l.Dir(), file))):
		return "it is empty or missing"
	case !ok, slices.EqualFunc(lower, want, func(l chain.Layer, id string) bool { return l.ID == id }):
		return ""
	}
	return fmt.Sprintf("by this file %d layers lie below it, not the %d in the records of the store", len(lower), len(want))
}

// rechain writes the files that record the chain of a layer again, and removes the merged images of the
// wrong chain.
func (r *repairer) rechain(ctx context.Context, f *Finding) {
	if err := r.writeLower(ctx, f.Layers[0]); err != nil {
		f.Remedy = fmt.Sprintf("%s (%v)", r.again(f), err)
		return
	}
	f.Repaired = "from the records of the store"
}

// writeLower writes the LowerFiles of a layer, and the symlinks that LowerFile needs.
func (r *repairer) writeLower(ctx context.Context, id string) error {
	var ids, links []string
	chained := r.catalog.Chain(id)
	for _, id := range chained {
		l, err := r.Stores.Find(id)
		if err != nil {
			return err
		}
		if _, err := l.WriteLink(); err != nil {
			return fmt.Errorf("layer %s has no short name: %w", id, err)
		}
		link, err := l.LinkPath()
		if err != nil {
			return err
		}
		ids, links = append(ids, id), append(links, chain.ShortName(filepath.Base(link)))
	}
	l, err := r.Stores.Find(id)
	if err != nil {
		return err
	}
	if l.Store.ReadOnly {
		return errors.New("the store is only read; repair it where it is written")
	}
	if !r.astray[id] {
		return files.Sync(l.Store.LinksDir())
	}
	if err := images.Drop(ctx, l); err != nil {
		return err
	}
	if len(ids) == 1 {
		return r.removeLower(l)
	}
	return errors.Join(
		replaceFile(filepath.Join(l.Dir(), chain.LowerFile), strings.Join(links[1:], ":")),
		replaceFile(filepath.Join(l.Dir(), chain.LowerLayersFile), strings.Join(ids[1:], ":")),
		files.Sync(l.Store.LinksDir()),
	)
}

// removeLower removes the LowerFiles of a bottom layer.
func (r *repairer) removeLower(l chain.Layer) error {
	for _, file := range chain.LowerFiles {
		if err := os.RemoveAll(filepath.Join(l.Dir(), file)); err != nil {
			return err
		}
	}
	return files.Sync(l.Dir())
}

// replaceFile replaces the content of a file durably, in one step.
func replaceFile(name, content string) error {
	temp := filepath.Join(filepath.Dir(name), ".tmp-"+filepath.Base(name))
	f, err := os.Create(temp)
	if err != nil {
		return err
	}
	defer os.Remove(temp) //nolint:errcheck // or it has the other name
	_, err = f.WriteString(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(temp, name)
	}
	if err != nil {
		return err
	}
	return files.Sync(filepath.Dir(name))
}
