package fsck

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/images"
	"github.com/composefs-storage/composefs-storage/driver/survey"
)

// ours reports whether this project's driver has written the layer.
func (l *layer) ours() bool { return l.kind != survey.Stock }

// content is what a layer image says of an object.
type content struct {
	digest verity.Digest // zero if it says none
	size   int64
}

// checkLayer reads a layer's image and looks for its objects, which are hashed later.
func (c *checker) checkLayer(l *layer) {
	contents, sealed, err := readLayer(l)
	if err != nil {
		l.bad = true
		c.add(&Finding{Kind: ImageDamaged, Severity: Damage, Store: root(l.Store), Layers: []string{l.ID}, Paths: []string{l.Blob()}, Detail: bare(err)})
	}
	if l.kind == survey.Damaged { // perhaps only its kind cannot be told
		l.kind = survey.Composefs
	}
	c.checkObjects(l, contents, sealed)
}

// readLayer reads all of a layer's image, and returns which objects it names.
func readLayer(l *layer) (contents map[string]content, sealed bool, err error) {
	f, img, err := images.Open(l.Blob())
	if err != nil {
		return nil, false, err
	}
	defer f.Close() //nolint:errcheck // open for reading
	t, err := img.Tree()
	if err != nil {
		return nil, false, err
	}
	if l.ours() {
		if err := sameBytes(f, img, t); err != nil {
			return nil, false, err
		}
	}
	_, err = measure(f)
	return contentsOf(t), err == nil, nil
}

// measure is a variable for tests: not every kernel has fs-verity.
var measure = verity.Measure

// sameBytes checks that an image is to the byte what its tree gives: a wrong byte that
// means nothing to the reader means something to somebody else.
func sameBytes(f *os.File, img *erofs.Image, t *tree.Tree) error {
	is, should := verity.New(), verity.New()
	if _, err := io.Copy(is, io.NewSectionReader(f, 0, img.Size())); err != nil {
		return err
	}
	if _, err := erofs.Write(should, t, erofs.Options{Format: img.Format()}); err != nil {
		return fmt.Errorf("%w: %w", erofs.ErrCorrupt, err)
	}
	if is.Digest() != should.Digest() {
		return fmt.Errorf("%w: it is not the image that its own entries give", erofs.ErrCorrupt)
	}
	return nil
}

// contentsOf returns the objects that a layer image names.
func contentsOf(t *tree.Tree) map[string]content {
	all := map[string]content{}
	_ = t.Walk(func(_ string, e *tree.Entry) error {
		if n := e.Inode; !e.Link && n.Type() == tree.TypeRegular && n.Size > 0 && (n.Digest != nil || n.Payload != "") {
			k := content{size: int64(n.Size)}
			if n.Digest != nil {
				k.digest = *n.Digest
			}
			all[strings.TrimPrefix(n.BackingPath(), "/")] = k
		}
		return nil
	})
	return all
}

// checkObjects compares what a layer has with what its image names, which is nil if that
// cannot be read: then each name is taken for what it says.
func (c *checker) checkObjects(l *layer, contents map[string]content, sealed bool) {
	names, err := l.names()
	if err != nil {
		c.add(&Finding{Kind: ObjectMissing, Severity: Damage, Store: root(l.Store), Layers: []string{l.ID}, Paths: []string{l.Diff()}, Detail: bare(err)})
	}
	if l.bad {
		contents = map[string]content{}
		for name, inode := range names {
			if d, ok := digestOf(name); ok {
				var o object
				if l.pool.reader != nil {
					o = l.pool.object(d, false)
				}
				if o.inode == inode { // others may have names of stock containers/storage
					contents[name] = content{d, -1}
				}
			}
		}
	}
	known := make(map[uint64]bool, len(contents))
	for name, k := range contents {
		inode, ok := names[name]
		known[inode] = true
		c.checkContent(l, name, k, inode, ok, sealed)
	}
	if l.bad {
		return
	}
	leaked := &Finding{Kind: Leaked, Severity: Info, Store: root(l.Store), Layers: []string{l.ID}, Detail: "the layer's image does not name it"}
	for _, name := range sortedKeys(names) {
		var st unix.Stat_t
		if path := l.Diff() + "/" + name; !known[names[name]] && unix.Lstat(path, &st) == nil {
			leaked.Count++
			leaked.Bytes += st.Size
			leaked.Paths = append(leaked.Paths, path)
		}
	}
	if leaked.Count > 0 {
		c.add(leaked)
	}
}

// checkContent has the files of a content hashed, the pool's and the layer's if that is
// another one.
func (c *checker) checkContent(l *layer, name string, k content, inode uint64, ok, sealed bool) {
	f := file{pool: l.pool, name: name, digest: k.digest, want: k.size, layer: l, inode: inode, sealed: sealed}
	var o object
	if k.digest != (verity.Digest{}) && name == objects.Path(k.digest) {
		o = l.pool.object(k.digest, sealed)
		if o.inode == 0 && l.ours() {
			c.lacking(l.pool, name, k.digest, k.size)
		}
	} else if !f.byStock() && k.digest == (verity.Digest{}) {
		c.add(&Finding{Kind: NotChecked, Severity: Info, Store: root(l.Store), Object: name, Layers: []string{l.ID}, Detail: "neither image nor name tell its content"})
		return
	}
	switch {
	case !ok:
		c.lacking(l.pool, name, k.digest, k.size)
	case inode != o.inode || k.size >= 0 && o.size != k.size:
		// A wrong size too: hashing tells whether object or image is wrong.
		var st unix.Stat_t
		if unix.Lstat(f.path(), &st) == nil {
			f.size, f.regular = st.Size, isRegular(&st)
			l.pool.addFile(f)
		}
	}
}

// digestOf returns the digest that the name of an object is.
func digestOf(name string) (verity.Digest, bool) {
	d, err := verity.ParseDigest(strings.Replace(name, "/", "", 1))
	return d, err == nil && len(name) == 65 && name[2] == '/'
}

// bare returns what an error says without the file, which the finding names.
func bare(err error) string {
	var e *fs.PathError
	if errors.As(err, &e) {
		return e.Err.Error()
	}
	if _, after, ok := strings.Cut(err.Error(), "composefs.blob: "); ok {
		return after
	}
	return err.Error()
}
