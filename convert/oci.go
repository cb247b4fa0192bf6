package convert

import (
	"context"
	"encoding/hex"
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

	// Digests contains known fs-verity digests of objects, by Algorithm and in bytes. It may be
	// nil: OCI computes the others.
	Digests map[verity.Digest]string

	// Output gets the image; it may be nil.
	Output io.Writer

	// Object opens an object by the fs-verity digest in the layer images. SHA512 needs it, and
	// reads every object once; Bootable reads the files of an SELinux policy. It is called
	// concurrently.
	Object func(verity.Digest) (io.ReadCloser, error)
}

// OCIDigest is the image digest of the canonical form of a container image.
type OCIDigest struct {
	Algorithm verity.Algorithm
	Digest    string // hexadecimal digits, 64 or 128
	Size      int64  // of the image, bytes
}

// Annotation returns the key of the manifest's annotation for the digest, see [Annotation].
func (d OCIDigest) Annotation() string { return Annotation(d.Algorithm) }

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
	format := erofs.Options{Format: erofs.V1}
	if opts.Algorithm != verity.SHA256 {
		digests, err := rehash(ctx, t, opts)
		if err != nil {
			return OCIDigest{}, err
		}
		format.Objects = func(n *tree.Inode) (metacopy, redirect string) {
			return overlayValues(opts.Algorithm, digests[*n.Digest])
		}
	}
	h := verity.NewHash(opts.Algorithm)
	var out io.Writer = h
	if opts.Output != nil {
		out = io.MultiWriter(h, opts.Output)
	}
	size, err := erofs.Write(out, t, format)
	return OCIDigest{opts.Algorithm, hex.EncodeToString(h.Sum(nil)), size}, err
}

// overlayValues returns the values of the metacopy and redirect xattrs for an object: struct
// ovl_metacopy of the kernel (version 0, length, flags, algorithm, digest), and the object's path.
func overlayValues(a verity.Algorithm, digest string) (metacopy, redirect string) {
	digits := hex.EncodeToString([]byte(digest))
	return string([]byte{0, byte(4 + len(digest)), 0, byte(a)}) + digest, "/" + digits[:2] + "/" + digits[2:]
}

// rehash returns the fs-verity digests of all objects of a tree by another algorithm. It reads as
// many objects at a time as there are processors.
func rehash(ctx context.Context, t *tree.Tree, opts OCIOptions) (map[verity.Digest]string, error) {
	digests, path := map[verity.Digest]string{}, map[verity.Digest]string{}
	var list []verity.Digest
	err := t.Walk(func(name string, e *tree.Entry) error {
		n := e.Inode
		if !n.IsExternal() {
			return nil
		}
		if n.Digest == nil {
			return fmt.Errorf("%s: the fs-verity digest is unknown", name)
		}
		if known, ok := opts.Digests[*n.Digest]; ok {
			digests[*n.Digest] = known
			return nil
		}
		if _, ok := path[*n.Digest]; !ok {
			path[*n.Digest] = name
			list = append(list, *n.Digest)
		}
		return nil
	})
	if err == nil && opts.Object == nil {
		err = errObjects
	}
	if err != nil {
		return nil, err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	var mu sync.Mutex
	for _, d := range list {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			digest, err := opts.rehash(d)
			if err != nil {
				return fmt.Errorf("%s: %w", path[d], err)
			}
			mu.Lock()
			defer mu.Unlock()
			digests[d] = digest
			return nil
		})
	}
	return digests, group.Wait()
}

// rehash returns the digest of an object by the other algorithm.
func (o OCIOptions) rehash(d verity.Digest) (string, error) {
	r, err := o.Object(d)
	if err != nil {
		return "", err
	}
	defer r.Close() //nolint:errcheck // open for reading
	return Rehash(r, o.Algorithm, d)
}

// Rehash returns the fs-verity digest of an object's content by another algorithm, in bytes. It is an error if
// the content does not have the fs-verity digest d.
func Rehash(r io.Reader, a verity.Algorithm, d verity.Digest) (string, error) {
	h, known := verity.NewHash(a), verity.New()
	if _, err := io.CopyBuffer(struct{ io.Writer }{io.MultiWriter(h, known)}, struct{ io.Reader }{r}, make([]byte, 128<<10)); err != nil {
		return "", err
	}
	if got := known.Digest(); got != d {
		return "", fmt.Errorf("object %s is damaged: its content has fs-verity digest %s", d, got)
	}
	return string(h.Sum(nil)), nil
}
