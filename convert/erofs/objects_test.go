package erofs_test

import (
	"bytes"
	"encoding/hex"
	"math/rand/v2"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/treetest"
)

// TestObjects has Options.Objects return the default values: the image must be the same, although
// the writer takes another path.
func TestObjects(t *testing.T) {
	trees := []*tree.Tree{treetest.RootFS(2000)}
	for seed := range uint64(40) {
		trees = append(trees, treetest.Random(rand.New(rand.NewPCG(seed, 11)), 600))
	}
	asked := 0
	for i, tr := range trees {
		_ = tr.Walk(func(_ string, e *tree.Entry) error {
			if n := e.Inode; n.IsExternal() && n.Digest != nil {
				n.Payload = tree.ByDigest
			}
			return nil
		})
		for _, format := range []erofs.Format{erofs.V0, erofs.V1, erofs.Layer} {
			var image bytes.Buffer
			_, err := erofs.Write(&image, tr, erofs.Options{Format: format, Objects: func(n *tree.Inode) (string, string) {
				asked++
				digits := hex.EncodeToString(n.Digest[:])
				return "\x00\x24\x00\x01" + string(n.Digest[:]), "/" + digits[:2] + "/" + digits[2:]
			}})
			if err != nil || !bytes.Equal(image.Bytes(), write(t, tr, format)) {
				t.Errorf("tree %d, format %d: other bytes, %v", i, format, err)
			}
		}
	}
	if asked == 0 {
		t.Error("no tree has an object")
	}
}
