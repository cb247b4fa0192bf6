//go:build linux

package driver

// withRemoval adds DeferredRemove to the driver. The type of what that returns is
// internal to containers/storage; C stands for it, and only so can it be named here.
func withRemoval[C ~func() error](d *Driver, stock func(string) (C, error)) *remover[C] {
	return &remover[C]{d, stock}
}

type remover[C ~func() error] struct {
	*Driver
	stock func(id string) (C, error)
}

// DeferredRemove takes a layer out of the store at once, and returns what then deletes
// its files, its objects and its images, which is called without any lock.
func (r *remover[C]) DeferredRemove(id string) (C, error) {
	h := r.holdings(id)
	cleanup, err := r.stock(id)
	if cleanup == nil {
		return nil, err
	}
	return func() error {
		if err := cleanup(); err != nil {
			return err
		}
		r.collect(h)
		return nil
	}, err
}

// Remove removes a layer.
func (d *Driver) Remove(id string) error {
	h := d.holdings(id)
	if err := d.Driver.Remove(id); err != nil {
		return err
	}
	d.collect(h)
	return nil
}
