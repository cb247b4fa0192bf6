//go:build linux

package e2e_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestPullEventsOfService pulls by podman's REST service as Docker's clients do. Its answers
// about each layer are those of plain podman.
func TestPullEventsOfService(t *testing.T) {
	likePlain(t, func(t *testing.T, p *podman.Podman) string {
		s := newSite(t, victim(podman.Gzip))
		service := startService(t, p)
		defer service.stop()
		said := []string{}
		for range 2 { // the second time, layers exist
			from := "http://podman/v1.41/images/create?tag=latest&fromImage=" + url.QueryEscape(s.ref)
			resp, err := service.client.Post(from, "", nil)
			if err != nil {
				t.Fatal(err)
			}
			lines := json.NewDecoder(resp.Body)
			for {
				var line struct{ ID, Status, Error string }
				if err = lines.Decode(&line); err != nil {
					break
				}
				if line.Error != "" {
					t.Error(line.Error)
				}
				if line.ID != "" && line.Status != "Downloading" { // that, the clock decides
					said = append(said, line.ID+" "+line.Status)
				}
			}
			_ = resp.Body.Close()
			if err != io.EOF || resp.StatusCode != http.StatusOK { //nolint:errorlint // an error that wraps it is no end
				t.Errorf("%s: %v", resp.Status, err)
			}
		}
		slices.Sort(said) // layers are pulled at the same time
		return fmt.Sprintf("%q", said)
	})
}
