package fsck

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/composefs-storage/composefs-storage/driver/chain"
)

// checkChains compares what lies below layers for the driver, which their files "lower"
// tell, with what containers/storage has recorded. It syncs the record and not the file, so
// that after a power cut an image may lack its lower layers with nothing to show for it.
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
			return // a missing layer is told of elsewhere
		}
	}
	l, err := c.Stores.Find(id)
	if err != nil {
		return
	}
	f := &Finding{Kind: ChainDifferent, Severity: Damage, Store: root(l.Store), Layers: []string{id}, Paths: []string{lowerFile(l)}}
	switch chained, err := c.Stores.Chain(id); {
	case err != nil:
		f.Detail = err.Error()
	case slices.EqualFunc(chained, want, func(l chain.Layer, id string) bool { return l.ID == id }):
		return
	default:
		f.Detail = fmt.Sprintf("%d layers lie below it by this file, and not the %d that the store has recorded", len(chained)-1, len(want)-1)
	}
	c.astray[id] = true
	c.add(f)
}

func lowerFile(l chain.Layer) string { return filepath.Join(l.Dir(), "lower") }

// rechain writes anew what lies below a layer, and removes the images that were merged of
// what was taken for it.
func (r *repairer) rechain(f *Finding) {
	if err := r.writeLower(f.Layers[0]); err != nil {
		f.Remedy = fmt.Sprintf("%s (%v)", again(f), err)
		return
	}
	f.Repaired = "from what the store has recorded"
}

func (r *repairer) writeLower(id string) error {
	l, err := r.Stores.Find(id)
	if err != nil {
		return err
	}
	if l.Store.ReadOnly {
		return errors.New("the store is only read; repair it where it is written")
	}
	var links []string
	for _, below := range r.catalog.Chain(id)[1:] {
		b, err := r.Stores.Find(below)
		if err != nil {
			return err
		}
		link, err := os.ReadFile(filepath.Join(b.Dir(), "link"))
		if err != nil {
			return err
		}
		if len(link) == 0 {
			return fmt.Errorf("layer %s has no short name", below)
		}
		links = append(links, "l/"+string(link))
	}
	for _, name := range []string{l.Merged(), l.Segment()} {
		if err := os.RemoveAll(name); err != nil {
			return err
		}
	}
	return replaceFile(lowerFile(l), strings.Join(links, ":"))
}

// replaceFile gives a file a content, durably and in one step.
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
	dir, err := os.Open(filepath.Dir(name))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
