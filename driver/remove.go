//go:build linux

package driver

// withRemoval adds DeferredRemove to the driver. The type that DeferredRemove returns is internal
// to containers/storage, so a type parameter stands for it.
func withRemoval[C ~func() error](d *Driver, stock func(string) (C, error)) *remover[C] {
	return &remover[C]{d, stock}
}

type remover[C ~func() error] struct {
	*Driver
	stock func(id string) (C, error)
}

// DeferredRemove moves a layer out of the store and returns a function that deletes its files,
// objects and images. The caller holds the lock of the layers, and calls the function without it.
// The function takes the lock of the pool, exclusive, if that is free.
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

// Remove removes a layer with its objects and images. The caller holds the lock of the layers.
// Remove takes the lock of the pool, exclusive, if that is free.
func (d *Driver) Remove(id string) error {
	h := d.holdings(id)
	if err := d.Driver.Remove(id); err != nil {
		return err
	}
	d.collect(h)
	return nil
}
