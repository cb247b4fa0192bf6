package fsck

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
	"github.com/composefs-storage/composefs-storage/driver/store/survey"
)

// ours reports whether this project's driver has written the layer.
func (l *layer) ours() bool { return l.kind != survey.Stock }

// content is an object in a layer image.
type content struct {
	digest verity.Digest // zero if the image has none
	size   int64
}

// checkLayer reads a layer's image and finds its objects, which are hashed later.
func (c *checker) checkLayer(l *layer) {
	contents, sealed, err := readLayer(l)
	if err != nil {
		l.bad = true
		c.add(&Finding{Kind: ImageDamaged, Severity: Damage, Store: root(l.Store), Layers: []string{l.ID}, Paths: []string{l.ImagePath()}, Detail: bare(err)})
	}
	if l.kind == survey.Damaged { // perhaps only its kind is unknown
		l.kind = survey.Composefs
	}
	l.sealed = sealed
	c.checkObjects(l, contents, sealed)
}

// readLayer reads a whole layer image and returns the objects that it names.
func readLayer(l *layer) (contents map[name]content, sealed bool, err error) {
	f, img, err := images.Open(l.ImagePath())
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
	_, err = measure(l.pool.algorithm, f)
	return contentsOf(t), err == nil, nil
}

// measure is a variable for tests on kernels without fs-verity.
var measure = verity.Algorithm.Measure

// sameBytes checks that writing the tree of an image again gives the same bytes. A wrong byte that this
// reader ignores may matter to another one.
func sameBytes(f *os.File, img *erofs.Image, t *tree.Tree) error {
	is, should := verity.New(), verity.New()
	if _, err := io.Copy(is, io.NewSectionReader(f, 0, img.Size())); err != nil {
		return err
	}
	opts := erofs.Options{Format: img.Format()}
	if opts.Format == erofs.Layer && img.UUID() != [16]byte{} {
		opts.UUID = convert.LayerUUID(t)
	}
	if _, err := erofs.Write(should, t, opts); err != nil {
		return fmt.Errorf("%w: %w", erofs.ErrCorrupt, err)
	}
	if is.Digest() != should.Digest() {
		return fmt.Errorf("%w: it is not the image that its own entries give", erofs.ErrCorrupt)
	}
	return nil
}

// contentsOf returns the objects that a layer image names.
func contentsOf(t *tree.Tree) map[name]content {
	all := map[name]content{}
	_ = t.Walk(func(_ string, e *tree.Entry) error {
		if n := e.Inode; !e.Link && n.Type() == tree.TypeRegular && n.Size > 0 && (!n.Digest.IsZero() || n.Payload != "") {
			k := content{size: int64(n.Size)}
			if !n.Digest.IsZero() {
				k.digest = n.Digest
			}
			all[backingName(n)] = k
		}
		return nil
	})
	return all
}

// bare returns the text of an error without the file, which the finding names.
func bare(err error) string {
	var e *fs.PathError
	if errors.As(err, &e) {
		return e.Err.Error()
	}
	if _, after, ok := strings.Cut(err.Error(), filepath.Base(chain.Layer{}.ImagePath())+": "); ok {
		return after
	}
	return err.Error()
}
