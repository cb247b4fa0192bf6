//go:build linux

package podman

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"testing"
)

// Push puts an image into the registry and returns how podman names it.
func (r *Registry) Push(t testing.TB, name string, img Image) string {
	t.Helper()
	r.PushTag(t, name, "latest", img)
	return r.Addr + "/" + name
}

// PushTag puts an image into the registry under a tag.
func (r *Registry) PushTag(t testing.TB, name, tag string, img Image) {
	t.Helper()
	manifest, others, err := img.pack()
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range others {
		if err := r.pushBlob(name, b); err != nil {
			t.Fatalf("push a blob of %s: %v", name, err)
		}
	}
	_, err = r.do(http.MethodPut, r.url("/v2/"+name+"/manifests/"+tag), manifest.MediaType, manifest.data)
	if err != nil {
		t.Fatalf("push the manifest of %s: %v", name, err)
	}
}

func (r *Registry) pushBlob(name string, b blob) error {
	resp, err := r.do(http.MethodPost, r.url("/v2/"+name+"/blobs/uploads/"), "", nil)
	if err != nil {
		return err
	}
	to, err := resp.Location()
	if err != nil {
		return err
	}
	query := to.Query()
	query.Set("digest", b.Digest)
	to.RawQuery = query.Encode()
	_, err = r.do(http.MethodPut, to.String(), "application/octet-stream", b.data)
	return err
}

// do sends a request, the answer to which must be a success.
func (r *Registry) do(method, url, contentType string, body []byte) (*http.Response, error) {
	req, err := http.NewRequest(method, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", contentType)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode/100 != 2 {
		err = fmt.Errorf("%s %s: %s: %s", method, url, resp.Status, text)
	}
	return resp, err
}
