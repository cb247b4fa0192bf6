package garbage

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/pool"
)

// Retire removes the entries of layers that are not composefs from the pools, and then an empty
// directory of entries. Such a store counts as one without a pool: an unset use_composefs means plain
// again, see config.Options.Decide. Retire reports whether all stores are such. It takes no lock; the
// caller has just collected the stores. A layer that another process adds at that time may lose its entry,
// which costs disk space only: see [pool.Enter].
func Retire(stores *chain.Stores) (retired bool, err error) {
	retired = true
	for _, s := range stores.Writable() {
		gone, err := retire(s, stores)
		if err != nil {
			return false, err
		}
		retired = retired && gone
	}
	return retired, nil
}

func retire(s chain.Store, stores *chain.Stores) (bool, error) {
	entries, err := os.ReadDir(s.PoolLayers())
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		l, err := stores.Find(e.Name())
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return false, err
		}
		if l.Composefs {
			return false, nil
		}
		if err := pool.Leave(s, e.Name()); err != nil {
			return false, err
		}
	}
	err = os.Remove(s.PoolLayers())
	if errors.Is(err, unix.ENOTEMPTY) {
		return false, nil
	}
	return err == nil, err
}
