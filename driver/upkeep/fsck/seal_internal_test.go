package fsck

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// TestSeal checks an object that has fs-verity according to an image, with several answers of the kernel.
func TestSeal(t *testing.T) {
	s := chain.Store{Home: filepath.Join(t.TempDir(), "overlay")}
	d := verity.Sum([]byte("content"))
	path := filepath.Join(s.Pool(), "objects", objects.Path(d))
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte("content"), 0o600)); err != nil {
		t.Fatal(err)
	}
	defer func() { measure = verity.Algorithm.Measure }()
	for name, tc := range map[string]struct {
		measured verity.Digest
		err      error
		want     Kind
		severity Severity
	}{
		"right":    {measured: d},
		"wrong":    {measured: verity.Sum([]byte("other")), want: SealWrong, severity: Damage},
		"none":     {err: verity.ErrNotEnabled, want: NotSealed, severity: Warning},
		"no sense": {err: errors.New("input/output error"), want: SealWrong, severity: Damage},
	} {
		t.Run(name, func(t *testing.T) {
			measure = func(verity.Algorithm, *os.File) (verity.Digest, error) { return tc.measured, tc.err }
			c, err := newChecker(Options{Stores: &chain.Stores{Primary: s}})
			if err != nil {
				t.Fatal(err)
			}
			defer c.close()
			c.poolOf(t.Context(), s).object(d, true)
			c.hashAll(t.Context())
			switch {
			case len(c.findings) == 0 && tc.want == "":
			case len(c.findings) != 1, c.findings[0].Kind != tc.want, c.findings[0].Severity != tc.severity:
				t.Errorf("%+v, want %s", c.findings, tc.want)
			}
		})
	}
}

// TestLimit has a limit of bytes let through less than there is time for.
func TestLimit(t *testing.T) {
	l := newLimit(1000)
	for range 5 {
		l.wait(t.Context(), 10)
	}
	if took, least := time.Since(l.next.Add(-50*time.Millisecond)), 50*time.Millisecond; took < least {
		t.Errorf("50 bytes at 1000 a second took %v", took)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	l.wait(ended, 1<<40) // else it would take years
}
