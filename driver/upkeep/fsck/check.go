package fsck

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/catalog"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/survey"
)

// Options say what to check, and how.
type Options struct {
	Stores *chain.Stores

	// Images are the container images to check. If All is set the rest of the stores is
	// checked too: layers that no image has, and all of the pools.
	Images []catalog.Image
	All    bool

	Root string // of the store, for commands in messages; "" for the one that storage.conf configures

	Rate     int64                   // bytes a second to read at most, 0 for no limit
	Progress func(done, total int64) // bytes of objects; called now and then, may be nil
}

// checker is a check that is under way.
type checker struct {
	Options
	catalog    *catalog.Catalog // as it was at the start
	layers     []*layer         // in the order of IDs
	byID       map[string]*layer
	pools      map[string]*pool // by the home of their store
	unreadable error            // of pools

	astray map[string]bool // IDs of layers whose chain is another one than recorded
	report Report

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
	err = c.check(ctx)
	c.advise()
	return &c.report, err
}

func newChecker(opts Options) (*checker, error) {
	c := &checker{Options: opts, byID: map[string]*layer{}, astray: map[string]bool{}, pools: map[string]*pool{}, faults: map[faultKey]*fault{}, strays: map[verity.Digest]string{}}
	c.report.Findings = []*Finding{}
	var err error
	c.catalog, err = catalog.Read(opts.Stores)
	return c, err
}

func (c *checker) check(ctx context.Context) error {
	if err := errors.Join(c.scope(), c.unreadable); err != nil {
		return err
	}
	c.checkChains()
	if c.All {
		for _, p := range c.allPools() {
			c.list(p)
		}
		if c.unreadable != nil {
			return c.unreadable
		}
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
	c.checkContents(ctx)
	if err := ctx.Err(); err != nil {
		return err
	}
	return c.tell(ctx)
}

// checkContents reads merged images and objects, both at a time.
func (c *checker) checkContents(ctx context.Context) {
	images := c.findMerged()
	c.report.Merged = len(images)
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.checkMerged(ctx, images)
	}()
	c.hashAll(ctx)
	<-done
	c.hashAll(ctx) // what only merged images name
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
	var next atomic.Int64
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				fn(i)
			}
		}()
	}
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
