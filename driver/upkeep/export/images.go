//go:build linux

package export

import (
	"errors"
	"io"
	"path/filepath"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/repository"
	"github.com/composefs-storage/composefs-storage/driver/store/survey"
)

// addImages adds the merged image, which names objects as the store does, and the other forms. The ref of an image
// is its form behind the image's name. An image without a canonical form, such as one without /usr, gets none
// unless the bootable one is wanted.
func (e *exporter) addImages() (err error) {
	stores, err := objects.AlgorithmOf(e.layers[0].Store.Pool(), 0)
	if err != nil {
		return err
	}
	if e.repo.Algorithm() == stores {
		if err := e.addMerged(); err != nil {
			return err
		}
	}
	e.result.Canonical, err = e.addForm("canonical", false)
	if why := (*convert.NotCanonical)(nil); errors.As(err, &why) && !e.opts.Bootable {
		e.result.NotCanonical = why.Why
		return nil
	}
	if err == nil && e.opts.Bootable {
		e.result.Bootable, err = e.addForm("bootable", true)
	}
	return err
}

// addMerged adds the image that containers mount.
func (e *exporter) addMerged() error {
	m, err := survey.Merge(e.ctx, e.stores, e.layers)
	if err != nil {
		return err
	}
	e.result.Merged = m.Digest.String()
	if m.Path == "" {
		_, err = e.add(func(w io.Writer) error { return survey.WriteMerged(e.ctx, e.layers, w) })
	} else {
		named := filepath.Join(e.stores.Primary.PoolImages(), e.result.Merged)
		o := repository.Object{Digest: e.result.Merged, Size: m.Size, Files: []string{named, m.Path}}
		var method repository.Method
		method, err = e.repo.AddObject(o, e.opts.Methods...)
		e.count(method, o.Size)
	}
	e.repo.AddImage(e.result.Merged, e.opts.Name)
	return err
}

// addForm adds the canonical or the bootable image.
func (e *exporter) addForm(form string, bootable bool) (digest string, err error) {
	digest, err = e.add(func(w io.Writer) error {
		opts := convert.OCIOptions{Algorithm: e.repo.Algorithm(), Digests: e.objects, Bootable: bootable, Output: w}
		_, err := survey.OCI(e.ctx, e.layers, opts)
		return err
	})
	if err == nil {
		e.repo.AddImage(digest, e.opts.Name+"."+form)
	}
	return digest, err
}

// add adds an object with the content that write writes.
func (e *exporter) add(write func(w io.Writer) error) (digest string, err error) {
	o, added, err := e.repo.Add(write)
	if added {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.result.Written += o.Size
	}
	return o.Digest, err
}
