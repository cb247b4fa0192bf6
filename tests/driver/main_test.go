//go:build linux

package driver_test

import (
	"flag"
	"fmt"
	"testing"

	"github.com/sirupsen/logrus"

	"github.com/composefs-storage/composefs-storage/tests/ociimage"
	"github.com/composefs-storage/composefs-storage/tests/seccomp"
	"github.com/composefs-storage/composefs-storage/tests/stock"
)

var (
	images = flag.Int("images", 3, "how many random images to make in each test")
	seed   = flag.Uint64("seed", 1, "seed of the first random image")
)

func TestMain(m *testing.M) {
	seccomp.Enter()
	logrus.SetLevel(logrus.ErrorLevel) // the stock driver warns of operations that tests need
	stock.Main(m)
}

// eachImage calls fn with random images. If it fails the layers are listed.
func eachImage(t *testing.T, fn func(t *testing.T, img *ociimage.Image)) {
	for i := range uint64(*images) {
		t.Run(fmt.Sprintf("seed %d", *seed+i), func(t *testing.T) {
			img := ociimage.Random(*seed + i)
			defer func() {
				if t.Failed() {
					t.Logf("run it alone with -args -images=1 -seed=%d", *seed+i)
				}
			}()
			fn(t, img)
		})
	}
}

// report reports differences, not too many of them.
func report[D any](t testing.TB, what string, found []D) {
	t.Helper()
	const most = 20
	for i, d := range found {
		if i == most {
			t.Errorf("… and %d more", len(found)-most)
			return
		}
		t.Errorf("%s: %v", what, d)
	}
}

// must ends a test that cannot go on.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
