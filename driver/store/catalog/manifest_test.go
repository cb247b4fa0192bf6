package catalog_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/driver/store/catalog"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// big writes big data of an image and returns the file.
func big(t *testing.T, s chain.Store, id, key, text string) string {
	t.Helper()
	dir := filepath.Join(s.Home+"-images", id)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, key)
	if key != "manifest" {
		name = filepath.Join(dir, "="+base64.StdEncoding.EncodeToString([]byte(key)))
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestStatements reads annotations and labels. Only files with the digest in their name count.
func TestStatements(t *testing.T) {
	config := `{"config": {"Labels": {"b": "2", "a": "1"}}}`
	id := strings.TrimPrefix(digestOf(config), "sha256:")
	ours := fmt.Sprintf(`{"config": {"digest": "sha256:%s"}, "annotations": {"y": "2", "x": "1"}}`, id)
	list := `{"manifests": [], "annotations": {"x": "of the list"}}`
	others := fmt.Sprintf(`{"config": {"digest": "sha256:%s"}, "annotations": {"x": "of another image"}}`, a)
	var data []string
	for _, text := range []string{list, ours, others} {
		data = append(data, fmt.Sprintf(`"manifest-%s": %q`, digestOf(text), digestOf(text)))
	}
	s := write(t, fmt.Sprintf(`[{"id": %q, "digest": %q, "big-data-digests": {%s, "manifest": %q}}]`,
		id, digestOf(list), strings.Join(data, ","), digestOf(ours)), "[]")
	var files []string
	for _, text := range []string{list, ours, others} {
		files = append(files, big(t, s, id, "manifest-"+digestOf(text), text))
	}
	conf := big(t, s, id, "sha256:"+id, config)

	images, err := catalog.Read(&chain.Stores{Primary: s})
	if err != nil {
		t.Fatal(err)
	}
	image := images.Images()[0]
	got, err := image.Annotations()
	if want := fmt.Sprintf("[{x 1 manifest %[1]s} {y 2 manifest %[1]s}]", digestOf(ours)); err != nil || fmt.Sprint(got) != want {
		t.Errorf("annotations %v, %v, want %s", got, err, want)
	}
	got, err = image.Labels()
	if want := "[{a 1 configuration} {b 2 configuration}]"; err != nil || fmt.Sprint(got) != want {
		t.Errorf("labels %v, %v, want %s", got, err, want)
	}

	for _, file := range []string{files[1], conf} {
		if err := os.WriteFile(file, []byte(strings.ReplaceAll(ours, "1", "3")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := image.Annotations(); err == nil || !strings.HasPrefix(err.Error(), files[1]+" is damaged: it has the digest sha256:") {
		t.Errorf("of a changed manifest: %v, %v", got, err)
	}
	if got, err := image.Labels(); err == nil || !strings.HasPrefix(err.Error(), conf+" is damaged: ") {
		t.Errorf("of a changed configuration: %v, %v", got, err)
	}

	if err := os.Remove(conf); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(files[1]); err != nil {
		t.Fatal(err)
	}
	big(t, s, id, "manifest", ours) // as of old
	if got, err := image.Annotations(); err != nil || len(got) != 2 {
		t.Errorf("of the one manifest: %v, %v", got, err)
	}
	if got, err := image.Labels(); err != nil || len(got) != 0 {
		t.Errorf("without a configuration: %v, %v", got, err)
	}
}

// TestOver asks which images have a top layer.
func TestOver(t *testing.T) {
	s := write(t, `[{"id": "1", "layer": "x"}, {"id": "2", "layer": "y", "mapped-layers": ["z", "x"]}, {"id": "3", "layer": "y"}]`, "[]")
	images, err := catalog.Read(&chain.Stores{Primary: s})
	if err != nil {
		t.Fatal(err)
	}
	for layer, want := range map[string]string{"x": "1 2", "y": "2 3", "z": "2", "": "", "none": ""} {
		var got []string
		for _, i := range images.Over(layer) {
			got = append(got, i.ID)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %q, want %s", layer, got, want)
		}
	}
}
