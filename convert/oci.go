package convert

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// OCIOptions control [OCI]. The zero value gives the digest of a Merge with [MergeOptions].OCI.
type OCIOptions struct {
	KeepUserXattrs bool

	// Bootable asks for the digest of the image that a host boots, see [Bootable].
	Bootable bool

	// Algorithm is used for the image digest and for the names of objects in the image. 0 is
	// SHA256.
	Algorithm verity.Algorithm

	// Digests contains known fs-verity digests of objects, by Algorithm. It may be nil: OCI
	// computes the others.
	Digests map[verity.Digest]verity.Digest

	// Output gets the image; it may be nil.
	Output io.Writer

	// Object opens an object by the fs-verity digest in the layer images. If that is by another
	// algorithm, every object is read once; Bootable reads the files of an SELinux policy. It is
	// called concurrently.
	Object func(verity.Digest) (io.ReadCloser, error)
}

// OCIDigest is the image digest of the canonical form of a container image.
type OCIDigest struct {
	Digest verity.Digest
	Size   int64 // of the image, bytes
}

// Annotation returns the key of the manifest's annotation for the digest, see [Annotation].
func (d OCIDigest) Annotation() string { return Annotation(d.Digest.Algorithm()) }

// Annotation returns the key of a manifest's annotation for the image digest of the canonical form
// (sealing_spec.rs of composefs-rs). The value is lower-case hexadecimal digits.
func Annotation(a verity.Algorithm) string {
	return "composefs.merged.erofs.v1.fsverity-" + a.String() + "-12"
}

// errObjects is the error for a missing [OCIOptions].Object.
var errObjects = errors.New("objects cannot be read")

// OCI returns the image digest of the canonical form, see [Canonical], of a chain of layers, the
// bottom one first, or of one merged image; of the bootable form with opts.Bootable.
func OCI(ctx context.Context, layers []Source, opts OCIOptions) (OCIDigest, error) {
	if opts.Algorithm == 0 {
		opts.Algorithm = verity.SHA256
	}
	layers = slices.Clone(layers)
	for i := range layers {
		layers[i].Keep = false
	}
	t, err := MergeTree(ctx, layers, false)
	if err != nil {
		return OCIDigest{}, err
	}
	if err := Canonical(t, opts.KeepUserXattrs); err != nil {
		return OCIDigest{}, err
	}
	if opts.Bootable {
		if err := Bootable(t, opts.Object); err != nil {
			return OCIDigest{}, err
		}
	}
	if err := rehash(ctx, t, opts); err != nil {
		return OCIDigest{}, err
	}
	h := verity.NewHash(opts.Algorithm)
	var out io.Writer = h
	if opts.Output != nil {
		out = io.MultiWriter(h, opts.Output)
	}
	size, err := erofs.Write(out, t, erofs.Options{Format: erofs.V1})
	return OCIDigest{h.Digest(), size}, err
}

// rehash gives the files of a tree the digests of their objects by opts.Algorithm. It reads as many
// objects at a time as there are processors.
func rehash(ctx context.Context, t *tree.Tree, opts OCIOptions) error {
	if !opts.hasOthers(t) {
		return nil
	}
	digests, list, err := opts.others(t)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	var mu sync.Mutex
	for _, f := range list {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			digest, err := opts.rehash(f.inode.Digest)
			if err != nil {
				return fmt.Errorf("%s: %w", f.path, err)
			}
			mu.Lock()
			defer mu.Unlock()
			digests[f.inode.Digest] = digest
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for e := range t.All() {
		if n := e.Inode; opts.isOther(n) {
			n.Digest, n.Payload = digests[n.Digest], tree.ByDigest
		}
	}
	return nil
}

// hasOthers reports whether objects of a tree are named by another algorithm than o.Algorithm.
func (o OCIOptions) hasOthers(t *tree.Tree) bool {
	for e := range t.All() {
		if o.isOther(e.Inode) {
			return true
		}
	}
	return false
}

// isOther reports whether the object of a file is named by another algorithm than o.Algorithm. A file
// without a digest keeps the name of its object with SHA256, as in images of mkcomposefs.
func (o OCIOptions) isOther(n *tree.Inode) bool {
	a := n.Digest.Algorithm()
	return n.IsExternal() && a != o.Algorithm && (a != 0 || o.Algorithm != verity.SHA256)
}

// objectFile is the first file with an object.
type objectFile struct {
	path  string
	inode *tree.Inode
}

// others returns the files whose objects are named by another algorithm, one for each object, without
// those in opts.Digests. digests has the digests of these.
func (o OCIOptions) others(t *tree.Tree) (digests map[verity.Digest]verity.Digest, list []objectFile, err error) {
	digests = map[verity.Digest]verity.Digest{}
	err = t.Walk(func(name string, e *tree.Entry) error {
		n := e.Inode
		if !o.isOther(n) {
			return nil
		}
		if n.Digest.IsZero() {
			return fmt.Errorf("%s: the fs-verity digest is unknown", name)
		}
		if _, ok := digests[n.Digest]; ok {
			return nil
		}
		known, ok := o.Digests[n.Digest]
		if digests[n.Digest] = known; !ok {
			list = append(list, objectFile{name, n})
		}
		return nil
	})
	if err == nil && len(list) > 0 && o.Object == nil {
		err = errObjects
	}
	return digests, list, err
}

// rehash returns the digest of an object by o.Algorithm.
func (o OCIOptions) rehash(d verity.Digest) (verity.Digest, error) {
	r, err := o.Object(d)
	if err != nil {
		return verity.Digest{}, err
	}
	defer r.Close() //nolint:errcheck // open for reading
	return Rehash(r, o.Algorithm, d)
}

// Rehash returns the fs-verity digest of an object's content by another algorithm. It is an error if
// the content does not have the fs-verity digest d.
func Rehash(r io.Reader, a verity.Algorithm, d verity.Digest) (verity.Digest, error) {
	h, known := verity.NewHash(a), verity.NewHash(d.Algorithm())
	if _, err := io.CopyBuffer(struct{ io.Writer }{io.MultiWriter(h, known)}, struct{ io.Reader }{r}, make([]byte, 128<<10)); err != nil {
		return verity.Digest{}, err
	}
	if got := known.Digest(); got != d {
		return verity.Digest{}, fmt.Errorf("object %s is damaged: its content has fs-verity digest %s", d, got)
	}
	return h.Digest(), nil
}
