//go:build linux

package pool

import (
	"context"
	"fmt"
	"os"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// SealLayer seals the objects of an existing layer and then its image, because a sealed image
// promises that its objects are sealed. A file with another content than its name promises is an error,
// and the image stays unsealed. sealed is false if the file system lacks fs-verity.
func (p *Pool) SealLayer(ctx context.Context, l chain.Layer) (sealed bool, err error) {
	if sealed, err = p.sealLayer(ctx, l); err != nil {
		return false, fmt.Errorf("enable fs-verity: %w", p.Named(err))
	}
	return sealed, nil
}

func (p *Pool) sealLayer(ctx context.Context, l chain.Layer) (sealed bool, err error) {
	f, err := os.Open(p.Path(l.ImagePath()))
	if err != nil {
		return false, err
	}
	defer f.Close() //nolint:errcheck // open for reading
	if _, err := verity.Measure(f); err == nil {
		return true, nil
	}
	all, err := objects.DigestsIn(ctx, p.Path(l.Diff()))
	if err != nil {
		return false, err
	}
	if err := p.SealObjects(ctx, all); err != nil {
		return false, err
	}
	d, _, err := p.Algorithm().SumFile(f)
	if err != nil {
		return false, err
	}
	return p.SealFile(p.Path(l.ImagePath()), d)
}
