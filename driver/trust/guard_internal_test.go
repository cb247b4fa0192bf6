//go:build linux

package trust

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/config"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// TestExpectedStated has an image state its own digest, which counts only where fs-verity is required.
func TestExpectedStated(t *testing.T) {
	home := filepath.Join(t.TempDir(), "overlay")
	id, stated := strings.Repeat("a", 64), strings.Repeat("b", 64)
	manifest := fmt.Sprintf(`{"config": {"digest": "sha256:%s"}, "annotations": {"composefs.merged.erofs.v1.fsverity-sha256-12": %q, "other": "x"}}`, id, stated)
	sum := sha256.Sum256([]byte(manifest))
	digest := "sha256:" + hex.EncodeToString(sum[:])
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(home+"-images", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	key := id + "/=" + base64.StdEncoding.EncodeToString([]byte("manifest-"+digest))
	write("images.json", fmt.Sprintf(`[{"id": %q, "layer": "top", "digest": %q}]`, id, digest))
	write(key, manifest)
	stores := &chain.Stores{Primary: chain.Store{Home: home}}
	c := chain.Chain{{ID: "container"}, {ID: "top", Composefs: true}}
	for _, mode := range []config.Verity{config.VerityOff, config.VerityTry} {
		if e, err := New(&config.Options{Verity: mode}, stores, nil, "").Expected(c, nil); e != nil || err != nil {
			t.Errorf("%s: %+v, %v", mode, e, err)
		}
	}
	required := New(&config.Options{Verity: config.VerityRequire}, stores, nil, "")
	e, err := required.Expected(c, nil)
	if err != nil || len(e.entries) != 1 || e.entries[0].OCI != stated || e.segment.Top().ID != "top" ||
		e.entries[0].Source != "composefs.merged.erofs.v1.fsverity-sha256-12 in manifest "+digest {
		t.Fatalf("%+v, %v", e, err)
	}
	c[1].Composefs = false
	if _, err := required.Expected(c, nil); err == nil || !strings.Contains(err.Error(), "layer top is not composefs") {
		t.Errorf("plain: %v", err)
	}
	write(key, manifest+" ")
	if _, err := required.Expected(c, nil); err == nil || !strings.Contains(err.Error(), " is damaged: it has the digest ") {
		t.Errorf("changed manifest: %v", err)
	}
}
