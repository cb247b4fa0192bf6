package fsck

import (
	"errors"
	"io/fs"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// fault is a fault of the files of one content in a store.
type fault struct {
	pool   *poolCheck
	name   string            // path of the object below object directories
	digest verity.Digest     // of its content; zero if the object has a name of stock containers/storage
	size   int64             // in images, -1 if no image has it
	bad    map[uint64]string // the faults of damaged files, by inode

	merged bool // a merged image names the object, so the pool must have it

	inPool  bool     // the pool's file is damaged or missing
	layers  []string // layers whose files are damaged or missing
	paths   []string // the damaged and missing files
	missing int      // number of missing files among them

	unreadable error // of a path that lstat cannot reach
}

type faultKey struct{ home, name string }

// fault returns the fault of a content, a new one if necessary. The caller holds mu.
func (c *checker) fault(p *poolCheck, name string) *fault {
	key := faultKey{p.store.Home, name}
	f := c.faults[key]
	if f == nil {
		f = &fault{pool: p, name: name, size: -1, bad: map[uint64]string{}}
		c.faults[key] = f
	}
	return f
}

// damaged notes a file whose content does not match its name.
func (c *checker) damaged(f *file, why string) {
	var st unix.Stat_t
	if unix.Lstat(f.path(), &st) == nil {
		f.inode = st.Ino // a directory entry may have another number
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	x := c.fault(f.pool, f.name)
	x.digest = f.digest
	if f.want >= 0 {
		x.size = f.want
	}
	x.bad[f.inode] = why
}

// stray notes a file that has the content of another name.
func (c *checker) stray(d verity.Digest, f *file) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.strays[d] = f.path()
}

// lacking notes a missing object that a layer image names.
func (c *checker) lacking(p *poolCheck, name string, d verity.Digest, size int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	x := c.fault(p, name)
	x.digest, x.size = d, size
}

// lackingMerged notes a missing object of the pool that a merged image names.
func (c *checker) lackingMerged(p *poolCheck, d verity.Digest, size int64) {
	name := objects.Path(d)
	c.lacking(p, name, d, size)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fault(p, name).merged = true
}

// locate finds all names that are damaged or missing now, in all layers of the store, checked or not.
// needed reports whether a layer's image names the content.
func (x *fault) locate(layers []*layer, needed func(l *layer, name string) bool) {
	x.inPool, x.layers, x.paths, x.missing = false, nil, nil, 0
	look := func(path string, must bool) (bad bool) {
		var st unix.Stat_t
		switch err := unix.Lstat(path, &st); {
		case err == nil:
			_, bad = x.bad[st.Ino]
		case errors.Is(err, fs.ErrNotExist):
			if bad = must; bad {
				x.missing++
			}
		default:
			bad, x.unreadable = must, err
		}
		if bad {
			x.paths = append(x.paths, path)
		}
		return bad
	}
	var naming, having []string
	pooled := x.merged
	for _, l := range layers {
		if l.pool != x.pool {
			continue
		}
		must := needed(l, x.name)
		if must {
			naming = append(naming, l.ID)
		}
		if look(l.Diff()+"/"+x.name, must) {
			having = append(having, l.ID)
		}
		pooled = pooled || must && l.ours()
	}
	x.layers = having
	if x.pool.reader != nil && x.digest != (verity.Digest{}) {
		if x.inPool = look(x.pool.reader.ObjectPath(x.digest), pooled); x.inPool {
			x.layers = union(naming, having) // mounts read the pool
		}
	}
}

// why returns the text of the fault.
func (x *fault) why() string {
	for _, inode := range sortedKeys(x.bad) {
		return x.bad[inode]
	}
	if x.unreadable != nil {
		return x.unreadable.Error()
	}
	return "it is missing"
}

// union returns the elements of two lists, sorted.
func union(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}
