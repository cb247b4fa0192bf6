package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/composefs-storage/composefs-storage/driver/kernel/feature"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
)

// plan returns the mount that the options ask for, of an image that is open.
func (o *mountOptions) plan(source mountSource, image *os.File) (*mount.Plan, error) {
	basedirs := o.basedirs
	if len(basedirs) == 0 {
		basedirs = source.basedirs
	}
	if len(basedirs) == 0 {
		return nil, source.noBasedir()
	}
	digest := o.digest
	if digest == nil {
		digest = source.digest
	}
	p := &mount.Plan{
		Lowers: []mount.Layer{{Image: &mount.Image{Path: source.image, File: image, Digest: digest}}},
		Data:   basedirs,
		Upper:  o.upper,
		Work:   o.work,
		Attrs:  o.attrs,
		Label:  o.label,
		Xino:   o.xino,
		// As the C program has it: without, files do not open of which an upper
		// directory that it has written has the metadata only.
		Metacopy: true,
	}
	if o.requireVerity() || digest != nil {
		p.Verity = mount.VerityRequire
	}
	return p, p.Validate()
}

// requireVerity reports whether contents are to be verified. If the kernel does not
// say that it cannot, it is to try.
func (o *mountOptions) requireVerity() bool {
	if o.verity || o.digest != nil || !o.tryVerity {
		return o.verity || o.digest != nil
	}
	return !errors.Is(feature.OverlayVerity.Check(os.TempDir()), feature.ErrNotSupported)
}

// noBasedir is the error of options that do not say where the objects are.
func (s mountSource) noBasedir() error {
	where := "POOL/objects"
	if diff := diffBeside(s.image); diff != "" {
		where = diff
	}
	return withHint(usageError{fmt.Errorf("no basedir= given for %s", s.image)}, "its objects may be found with -o basedir=%s", where)
}
