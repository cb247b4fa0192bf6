//go:build linux

package e2e_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/podman"
	"github.com/composefs-storage/composefs-storage/tests/podman/conf"
)

// TestRootlessPort asks a web server in a container of a user for a page. podman starts rootlessport
// for it, which it finds where "make install" installs it.
func TestRootlessPort(t *testing.T) {
	t.Parallel()
	if podman.NoSlirp4netns != "" {
		t.Skip(podman.NoSlirp4netns)
	}
	needs.Program(t, "slirp4netns", "slirp4netns")
	needs.Built(t, filepath.Join("..", "..", "bin", "rootlessport"), "make rootlessport")
	ref := push(t, podman.Layer(layertest.Dir("www"), layertest.File("www/index.html", "a page")))
	s := podman.NewStore(t)
	p := s.Podman(t, podman.Ours, podman.Options{
		Rootless: true,
		Private:  map[string]string{"/dev/net/tun": openTun(t, s.Dir)},
		Env:      []string{"CONTAINERS_CONF=" + usualHelpers(t, s.Dir)},
	})
	if _, err := p.Try("run", "-d", "-q", "--name=web", "--network=slirp4netns", "-p", "127.0.0.1::80", ref,
		"busybox", "httpd", "-f", "-h", "/www"); err != nil {
		t.Fatal(err)
	}
	address := p.Run("port", "web", "80")
	eventually(t, func() error {
		response, err := http.Get("http://" + address)
		if err != nil {
			return err
		}
		defer response.Body.Close() //nolint:errcheck // read to its end
		page, err := io.ReadAll(response.Body)
		if err == nil && string(page) != "a page" {
			err = fmt.Errorf("%s answers %q", address, page)
		}
		return err
	})
}

// openTun makes a /dev/net/tun that any user may open, as udev does.
func openTun(t *testing.T, dir string) string {
	t.Helper()
	path := filepath.Join(dir, "tun")
	err := unix.Mknod(path, unix.S_IFCHR, int(unix.Mkdev(10, 200)))
	if err == nil {
		err = os.Chmod(path, 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// usualHelpers writes a containers.conf with podman's own helper_binaries_dir.
func usualHelpers(t *testing.T, dir string) string {
	t.Helper()
	text := regexp.MustCompile(`(?m)^.*helper_binaries_dir.*\n`).ReplaceAllString(conf.Containers(filepath.Join(dir, "libpod"), filepath.Join(dir, "networks")), "")
	path := filepath.Join(dir, "containers.conf")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}
