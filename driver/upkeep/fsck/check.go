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

// Options are the options of a check.
type Options struct {
	Stores *chain.Stores

	// Images are the container images to check. With All the check includes the rest of the stores:
	// layers without an image, and the whole pools.
	Images []catalog.Image
	All    bool

	Root string // of the store, for commands in messages; "" for the store in storage.conf

	Rate     int64                   // limit of bytes read in a second, 0 for none
	Progress func(done, total int64) // called during the check with bytes of objects; may be nil
}

// checker is a running check.
type checker struct {
	Options
	catalog    *catalog.Catalog // snapshot at the start
	layers     []*layer         // in the order of IDs
	byID       map[string]*layer
	pools      map[string]*poolCheck // by the home of their store
	unreadable error                 // errors of pools

	astray map[string]bool // IDs of layers whose chain differs from the records of the store
	report Report

	mu       sync.Mutex
	findings []*Finding
	faults   map[faultKey]*fault
	strays   map[verity.Digest]string // files that have the content of another name
}

// layer is a layer to check.
type layer struct {
	chain.Layer
	kind   survey.Kind
	pool   *poolCheck
	bad    bool // its image cannot be read
	sealed bool // its image is
}

// Check checks stores. An error means that the check could not run; faults are findings.
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
	c := &checker{Options: opts, byID: map[string]*layer{}, astray: map[string]bool{}, pools: map[string]*poolCheck{}, faults: map[faultKey]*fault{}, strays: map[verity.Digest]string{}}
	c.report.Findings = []*Finding{}
	var err error
	c.catalog, err = catalog.Read(opts.Stores)
	return c, err
}

func (c *checker) check(ctx context.Context) error {
	if err := errors.Join(c.selection(ctx), c.unreadable); err != nil {
		return err
	}
	c.checkChains()
	if c.All {
		for _, p := range c.allPools(ctx) {
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
		for _, p := range c.allPools(ctx) {
			if err := c.checkPool(ctx, p); err != nil {
				return err
			}
		}
	}
	c.checkContents(ctx)
	if err := ctx.Err(); err != nil {
		return err
	}
	return c.reportFindings(ctx)
}

// checkContents reads merged images and objects, concurrently.
func (c *checker) checkContents(ctx context.Context) {
	images := c.findMerged(ctx)
	c.report.Merged = len(images)
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.checkMerged(ctx, images)
	}()
	c.hashAll(ctx)
	<-done
	c.hashAll(ctx) // objects that only merged images name
}

// add adds a finding.
func (c *checker) add(f *Finding) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.findings = append(c.findings, f)
}

// each calls fn with all numbers below n, concurrently on all processors.
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
