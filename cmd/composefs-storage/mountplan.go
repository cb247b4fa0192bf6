package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/composefs-storage/composefs-storage/driver/kernel/feature"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/message"
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
		// As in the C program: without metacopy, files do not open if its upper
		// directories have only their metadata.
		Metacopy: true,
	}
	if o.requireVerity() || digest != nil {
		p.Verity = mount.VerityRequire
	}
	return p, p.Validate()
}

// requireVerity reports whether the kernel must verify contents. With tryverity it must unless a probe
// shows that it cannot.
func (o *mountOptions) requireVerity() bool {
	if o.verity || o.digest != nil || !o.tryVerity {
		return o.verity || o.digest != nil
	}
	return !errors.Is(feature.OverlayVerity.Check(os.TempDir()), feature.ErrNotSupported)
}

// noBasedir returns the error of options without a basedir.
func (s mountSource) noBasedir() error {
	where := "POOL/objects"
	if diff := diffBeside(s.image); diff != "" {
		where = diff
	}
	return withHint(usageError{fmt.Errorf("no basedir= given for %s", s.image)}, "add -o basedir=%s, the directory of its objects", message.Word(where))
}
