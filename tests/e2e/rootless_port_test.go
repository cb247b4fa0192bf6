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

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/podman"
	"github.com/composefs-storage/composefs-storage/tests/podman/conf"
	"golang.org/x/sys/unix"
)

// TestRootlessPort asks a web server in a container of a user for a page. podman starts rootlessport
// for it, which it finds where "make install" installs it.
func TestRootlessPort(t *testing.T) {
	t.Parallel()
	if podman.NoSlirp4netns != "" {
		t.Skip(podman.NoSlirp4netns)
	}
	needs.Program(t, "slirp4netns", "slirp4netns")
	ref := push(t, podman.Layer(layertest.Dir("www"), layertest.File("www/index.html", "a page")))
	s := podman.NewStore(t)
	installRootlessport(t, filepath.Join(s.Dir, "libexec", "podman")) // the program is below Dir, too
	p := s.Podman(t, podman.Ours, podman.Options{
		Rootless: true,
		Private:  map[string]string{"/dev/net/tun": openDevice(t, s.Dir, "tun", 200)},
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

// installRootlessport installs rootlessport into a directory.
func installRootlessport(t *testing.T, dir string) {
	t.Helper()
	program := filepath.Join("..", "..", "bin", "rootlessport")
	needs.Built(t, program, "make rootlessport")
	data, err := os.ReadFile(program)
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "rootlessport"), data, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// openDevice makes a device that any user may open, one of those of major number 10. udev makes
// /dev/net/tun (200) and /dev/fuse (229) like that; without it, only root may open them.
func openDevice(t *testing.T, dir, name string, minor uint32) string {
	t.Helper()
	path := filepath.Join(dir, name)
	err := unix.Mknod(path, unix.S_IFCHR, int(unix.Mkdev(10, minor)))
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
