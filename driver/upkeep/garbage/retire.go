package garbage

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/pool"
)

// Retire removes from the pools the entries of layers that are not composefs, and then the
// directory of entries where it is empty. Such a store counts as one without a pool: an unset
// use_composefs means plain there again, see config.Options.Decide. It reports whether that is
// true of all stores. It is for stores that were just collected. A layer that somebody adds
// at this moment may lose its entry, which costs no more than [pool.Enter] says.
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
