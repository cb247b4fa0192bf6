//go:build linux

package driver

import (
	"io"
	"slices"

	"github.com/containers/storage/pkg/idtools"

	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/trust"
)

// leases keep images in use until a mount shows that they are.
type leases []io.Closer

func (l leases) release() {
	for _, lease := range l {
		_ = lease.Close() // nothing is written
	}
}

// lowers adds the layers to the plan, with shared mounts of their images. Images of separate layers are
// not shared. maps are as in [trust.Guard.Expected]. The caller releases the leases after it has mounted
// the plan.
func (d *Driver) lowers(p *mount.Plan, c chain.Chain, target string, maps *idtools.IDMappings, volatile bool) (held leases, err error) {
	defer func() {
		if err != nil {
			held.release()
			held = nil
		}
	}()
	want, err := d.guard.Expected(c, maps)
	if err != nil {
		return nil, err
	}
	var separate []separateLayer
	if want == nil { // expected digests are those of merged images
		if separate, err = d.separate(c, p, volatile); err != nil {
			return nil, err
		}
	}
	sealed := true
	for i, s := range parts(c, separate) {
		if !s.Composefs() {
			if err := d.guard.RefusePlain(s.Top(), i == 0); err != nil {
				return held, err
			}
			addPlain(p, s.Top(), i == 0)
			continue
		}
		more, ok, err := d.addImage(p, s, want, target)
		if err != nil {
			return held, err
		}
		held, sealed = append(held, more...), sealed && ok
	}
	d.verify(p, c[0], sealed)
	return held, nil
}

// addPlain adds the directories of a plain layer.
func addPlain(p *mount.Plan, l chain.Layer, top bool) {
	dirs := l.Diffs
	if top && p.Upper != "" {
		dirs = dirs[1:]
	}
	for n, dir := range dirs {
		p.Lowers = append(p.Lowers, mount.Layer{Dir: dir, Unmapped: top && n == 0 && p.Upper == ""})
	}
}

// addImage adds a mount of the image of a part, after the checks of package trust. The caller releases
// the leases after it has mounted the plan.
func (d *Driver) addImage(p *mount.Plan, s part, want *trust.Expectation, target string) (held leases, sealed bool, err error) {
	img, err := d.imageOf(s)
	if err != nil {
		return nil, false, err
	}
	file, sealed, err := d.guard.Image(d.context(), s.Segment, img, d.abilities().backing)
	if err != nil {
		return nil, false, err
	}
	p.Data = appendNew(p.Data, img.Data...)
	if s.image != nil {
		p.Lowers = append(p.Lowers, mount.Layer{Image: file})
		return nil, sealed, nil
	}
	if want.Of(s.Segment) {
		pinned, err := d.guard.Pin(d.context(), want, img, file)
		if err != nil {
			return nil, false, err
		}
		held = append(held, pinned)
	}
	lease, err := d.mounts.Acquire(file, target)
	if err != nil {
		held.release()
		return nil, false, err
	}
	d.warnOfEnded(lease.Mount)
	p.Lowers = append(p.Lowers, mount.Layer{File: lease.Root})
	return append(held, lease), sealed, nil
}

// appendNew appends the names that the list does not contain.
func appendNew(list []string, names ...string) []string {
	for _, name := range names {
		if !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}
