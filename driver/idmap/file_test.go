package idmap_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/containers/storage/pkg/idtools"

	"github.com/composefs-storage/composefs-storage/driver/idmap"
)

// TestFile writes the maps of a user namespace and reads them. Files without maps are errors that name the file.
func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "maps")
	want := idtools.NewIDMappingsFromMaps(
		[]idtools.IDMap{{ContainerID: 0, HostID: 1, Size: 1000}, {ContainerID: 1000, HostID: 0, Size: 1}},
		[]idtools.IDMap{{ContainerID: 0, HostID: 7, Size: 2}},
	)
	if err := idmap.Write(path, want); err != nil {
		t.Fatal(err)
	}
	if got, err := idmap.Read(path); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	for _, text := range []string{"", "{}", "[]", `{"uids":[{"container_id":0,"host_id":1,"size":1}]}`} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := idmap.Read(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := idmap.Read(path + "-missing"); err == nil {
		t.Error("a missing file is no error")
	}
}
