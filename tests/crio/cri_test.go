//go:build crio

package crio_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/nodes"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// try runs crictl for the node, and returns its output.
func (n *node) try(args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	socket := "unix://" + n.socket()
	cmd := exec.CommandContext(ctx, filepath.Join(n.bin, "crictl"),
		append([]string{"--config", filepath.Join(n.Dir, "crictl.yaml"), "--runtime-endpoint", socket, "--image-endpoint", socket, "--timeout", "60s"}, args...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return stdout.String(), fmt.Errorf("crictl %q (%s): %w: %s", args, n.kind, err, stderr.String())
	}
	return strings.TrimSpace(stdout.String()), nil
}

// crictl runs crictl for the node, and returns its output. A failure ends the test.
func (n *node) crictl(args ...string) string {
	n.t.Helper()
	out, err := n.try(args...)
	must(n.t, err)
	return out
}

// storage runs composefs-storage in the node, and returns its output and its exit code.
func (n *node) storage(args ...string) (out string, code int) {
	n.t.Helper()
	cmd := n.Command(n.t.Context(), n.Program(append([]string{filepath.Join(n.bin, "composefs-storage")}, args...)...)...)
	text, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		n.t.Fatal(err)
	}
	return string(text), cmd.ProcessState.ExitCode()
}

// sound checks that no image is damaged.
func (n *node) sound() {
	n.t.Helper()
	if out, code := n.storage("check", "--all"); code != 0 || !strings.Contains(out, "found: 0 damaged") {
		n.t.Errorf("check: exit code %d:\n%s", code, out)
	}
}

// write writes a file for crictl.
func (n *node) write(name string, content any) string {
	n.t.Helper()
	text, err := json.Marshal(content)
	must(n.t, err)
	path := filepath.Join(n.Dir, name+".json")
	must(n.t, os.WriteFile(path, text, 0o600))
	return path
}

// pod is a pod of a node.
type pod struct {
	*node
	id, config string
	security   object // of its containers
}

type object = nodes.Object

// pod runs a pod in the network of the node.
func (n *node) pod(name string) pod { return n.podWith(name, nodes.HostNetwork) }

func (n *node) podWith(name string, security object) pod {
	n.t.Helper()
	config := n.write("pod-"+name, nodes.Pod(name, filepath.Join(n.Dir, "log"), security))
	return pod{n, n.crictl("runp", config), config, security}
}

// create creates a container that sleeps.
func (p pod) create(name, image string, mounts ...object) (id string, err error) {
	p.t.Helper()
	config := p.write("container-"+name, nodes.Container(name, image, p.security, mounts...))
	return p.try("create", p.id, config, p.config)
}

// container starts a container.
func (p pod) container(name, image string, mounts ...object) (id string) {
	p.t.Helper()
	id, err := p.create(name, image, mounts...)
	must(p.t, err)
	p.crictl("start", id)
	return id
}

// starts creates and starts a container that may be refused, and returns the error.
func (p pod) starts(name, image string) error {
	p.t.Helper()
	id, err := p.create(name, image)
	if err == nil {
		_, err = p.try("start", id)
	}
	return err
}

// exec runs a shell script in a container.
func (n *node) exec(container, script string) string {
	n.t.Helper()
	return n.crictl("exec", "--sync", container, "sh", "-c", script)
}

// clear removes all pods and images. Nothing may be left of them. Images are removed one after the other, as
// kubelet does it: of two removals at a time, one may leave garbage to the next removal or pull.
func (n *node) clear() {
	n.t.Helper()
	n.crictl("rmp", "--all", "--force")
	for image := range strings.FieldsSeq(n.crictl("images", "--quiet")) {
		n.crictl("rmi", image)
	}
	for _, m := range n.mounts() {
		n.t.Errorf("left behind: a mount at %s", m.Point)
	}
	dirs := []string{"overlay-composefs/objects", "overlay-composefs/images", "overlay-composefs/staging", "overlay-composefs/layers"}
	if !n.opts.images { // of an image store, containers/storage leaves the links
		dirs = append(dirs, "overlay/l")
	}
	for _, dir := range dirs {
		err := filepath.WalkDir(n.Path(filepath.Join(n.imageStore(), dir)), func(path string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() {
				n.t.Errorf("left behind: %s", path)
			}
			return err
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			n.t.Error(err)
		}
	}
}

// pushed are the names that push has put into the registry.
var pushed = struct {
	sync.Mutex
	refs map[string]string
}{refs: map[string]string{}}

// push puts an image of busybox and further layers into the registry, once for each name: docker-registry
// answers a pull with an error while another test pushes the same image.
func push(t *testing.T, name string, layers ...[]byte) string {
	t.Helper()
	pushed.Lock()
	defer pushed.Unlock()
	if pushed.refs[name] == "" {
		pushed.refs[name] = podman.SharedRegistry(t).Push(t, name, withBusybox(t, layers...))
	}
	return pushed.refs[name]
}

func withBusybox(t *testing.T, layers ...[]byte) podman.Image {
	t.Helper()
	return podman.Image{Layers: append([][]byte{podman.Busybox(t)}, layers...), Compression: podman.Gzip, Cmd: []string{"sh"}}
}

// pauseImage is a line of crio.conf with an image of pods.
func pauseImage(t *testing.T) string {
	t.Helper()
	return fmt.Sprintf("pause_image = %q", push(t, "pause"))
}
