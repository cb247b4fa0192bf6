package fsck

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/catalog"
	"github.com/composefs-storage/composefs-storage/driver/chain"
	"github.com/composefs-storage/composefs-storage/driver/survey"
)

// Options say what to check, and how.
type Options struct {
	Stores *chain.Stores

	// Images are the container images to check. If All is set the rest of the stores is
	// checked too: layers that no image has, and all of the pools.
	Images []catalog.Image
	All    bool

	Rate     int64                   // bytes a second to read at most, 0 for no limit
	Progress func(done, total int64) // bytes of objects; called now and then, may be nil
}

// checker is a check that is under way.
type checker struct {
	Options
	catalog *catalog.Catalog // as it was at the start
	layers  []*layer         // in the order of IDs
	byID    map[string]*layer
	pools   map[string]*pool // by the home of their store
	chains  []string         // IDs of layers whose merged images are looked at
	report  Report

	mu       sync.Mutex
	findings []*Finding
	faults   map[faultKey]*fault
	strays   map[verity.Digest]string // files that have the content of another name
}

// layer is a layer to check.
type layer struct {
	chain.Layer
	kind survey.Kind
	pool *pool
	bad  bool // its image cannot be read
}

// Check checks stores. It returns an error only if it could not look at all.
func Check(ctx context.Context, opts Options) (*Report, error) {
	c, err := newChecker(opts)
	if err != nil {
		return nil, err
	}
	defer c.close()
	return &c.report, c.check(ctx)
}

func newChecker(opts Options) (*checker, error) {
	c := &checker{Options: opts, byID: map[string]*layer{}, pools: map[string]*pool{}, faults: map[faultKey]*fault{}, strays: map[verity.Digest]string{}}
	c.report.Findings = []*Finding{}
	var err error
	c.catalog, err = catalog.Read(opts.Stores)
	return c, err
}

func (c *checker) check(ctx context.Context) error {
	if err := c.scope(); err != nil {
		return err
	}
	c.each(len(c.layers), func(i int) {
		if ctx.Err() == nil {
			c.checkLayer(c.layers[i])
		}
	})
	if c.All {
		for _, p := range c.allPools() {
			if err := c.checkPool(ctx, p); err != nil {
				return err
			}
		}
	}
	c.checkMerged(ctx)
	c.hashAll(ctx)
	if err := ctx.Err(); err != nil {
		return err
	}
	return c.tell(ctx)
}

// scope finds the layers to check.
func (c *checker) scope() error {
	for _, image := range c.Images {
		c.report.Images++
		for _, id := range c.catalog.Chain(image.Layer) {
			if err := c.addLayer(id, true); err != nil {
				return err
			}
		}
	}
	if c.All {
		for _, s := range slices.Concat(c.Stores.Writable(), c.Stores.Additional) {
			entries, err := os.ReadDir(s.Home)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			for _, e := range entries {
				if _, err := os.Lstat(filepath.Join(s.Home, e.Name(), "diff")); err == nil && e.IsDir() {
					if err := c.addLayer(e.Name(), false); err != nil {
						return err
					}
				}
			}
		}
	}
	slices.SortFunc(c.layers, func(a, b *layer) int { return compare(a.ID, b.ID) })
	return nil
}

// addLayer adds a layer. One that no image has is passed over if it is plain: containers
// have such layers.
func (c *checker) addLayer(id string, ofImage bool) error {
	if c.byID[id] != nil {
		return nil
	}
	found, kind, err := survey.Find(c.Stores, id)
	if err != nil {
		found, kind = chain.Layer{ID: id, Store: found.Store, Composefs: true}, survey.Damaged
		if found.Store.Home == "" {
			return err
		}
	}
	if kind == survey.Plain && !ofImage {
		return nil
	}
	l := &layer{Layer: found, kind: kind}
	c.byID[id] = l
	switch kind {
	case survey.Missing:
		l.Store = c.Stores.Primary
		c.add(&Finding{Kind: LayerMissing, Severity: Damage, Store: root(l.Store), Layers: []string{id}, Detail: "no store has the layer"})
		return nil
	case survey.Plain:
		c.add(&Finding{Kind: NotChecked, Severity: Info, Store: root(l.Store), Layers: []string{id},
			Detail: "the layer is plain: nothing says what its files should be"})
		return nil
	}
	l.pool = c.poolOf(l.Store)
	c.layers = append(c.layers, l)
	c.report.Layers++
	return nil
}

// add adds a finding.
func (c *checker) add(f *Finding) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.findings = append(c.findings, f)
}

// each calls fn with all numbers below n, on all processors.
func (c *checker) each(n int, fn func(i int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range next {
				fn(i)
			}
		}()
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

func root(s chain.Store) string { return filepath.Dir(s.Home) }

func (c *checker) close() {
	for _, p := range c.pools {
		if p.reader != nil {
			_ = errors.Join(p.reader.Close(), unix.Close(p.fd)) // open for reading
		}
	}
}
