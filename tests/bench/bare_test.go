package bench

import (
	"errors"
	"os"

	"github.com/composefs-storage/composefs-storage/tests/bench/comparison/floor"
)

// bare is the operation of storing the contents of the tars in the arguments after the
// first one, which is an empty directory, as package floor does.
const bare = "bare"

func runBare(dir string, tars []string) error {
	s, err := floor.NewStore(dir)
	if err != nil {
		return err
	}
	for _, path := range tars {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		_, err = s.Layer(f)
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	return s.Close()
}
