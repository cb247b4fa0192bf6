//go:build crio

package kubernetes_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/tests/cluster"
	"github.com/composefs-storage/composefs-storage/tests/nodes"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// kubectl runs kubectl, and returns its output. A failure ends the test.
func (n node) kubectl(args ...string) string {
	n.t.Helper()
	out, err := n.cluster.Kubectl(n.t.Context(), "", args...)
	must(n.t, err)
	return out
}

// apply creates or changes an object. NODE in it is the name of the node.
func (n node) apply(yaml string) {
	n.t.Helper()
	yaml = strings.ReplaceAll(yaml, "NODE", n.Name)
	must(n.t, n.cluster.Apply(n.t.Context(), yaml))
}

// ready waits until an object such as "pod/name" is ready: a pod, or a Deployment with all its pods.
func (n node) ready(object string) {
	n.t.Helper()
	args := []string{"wait", "--for=condition=Ready", "--timeout=3m", object}
	if strings.HasPrefix(object, "deployment/") {
		args = []string{"rollout", "status", "--timeout=3m", object}
	}
	if out, err := n.cluster.Kubectl(n.t.Context(), "", args...); err != nil {
		events, _ := n.cluster.Kubectl(n.t.Context(), "", "get", "events", "--sort-by=lastTimestamp", "--output=custom-columns=OBJECT:involvedObject.name,TYPE:type,MESSAGE:message")
		pods, _ := n.cluster.Kubectl(n.t.Context(), "", "get", "pods", "--output=wide")
		n.t.Fatalf("%s is not ready: %s %v\n%s\n%s", object, out, err, pods, events)
	}
}

// exec runs a shell script in a pod.
func (n node) exec(pod, script string) string {
	n.t.Helper()
	return n.kubectl("exec", pod, "--", "sh", "-c", script)
}

// pods returns the pods of an application, as "pod/name".
func (n node) pods(app string) []string {
	n.t.Helper()
	return strings.Fields(n.kubectl("get", "pods", "--selector=app="+app, "--field-selector=status.phase=Running", "--output=name"))
}

// eventually waits until a condition holds.
func (n node) eventually(what string, holds func() bool) {
	n.t.Helper()
	must(n.t, nodes.Await(what, 3*time.Minute, func() (bool, error) { return holds(), n.t.Context().Err() }))
}

// storage runs composefs-storage on the node, and returns its output and its exit code.
func (n node) storage(args ...string) (out string, code int) {
	n.t.Helper()
	cmd := n.Command(n.t.Context(), append([]string{filepath.Join(n.cluster.Bin, "composefs-storage")}, args...)...)
	text, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		n.t.Fatal(err)
	}
	return string(text), cmd.ProcessState.ExitCode()
}

// clear deletes the pods of a test, then all images. Nothing may be left of them but the pause image. Images
// are removed one after the other, as kubelet does it.
func (n node) clear(objects ...string) {
	n.t.Helper()
	for _, o := range objects {
		n.kubectl("delete", "--wait", "--timeout=2m", o)
	}
	n.eventually("the node runs no pods", func() bool {
		out, err := n.Crictl(n.t.Context(), "pods", "--state=ready", "--quiet")
		must(n.t, err)
		return out == ""
	})
	n.eventually("the pods are removed", func() bool { // kubelet removes them, too
		_, err := n.Crictl(n.t.Context(), "rmp", "--all", "--force")
		return err == nil
	})
	out, err := n.Crictl(n.t.Context(), "images", "--quiet")
	must(n.t, err)
	for image := range strings.FieldsSeq(out) {
		_, err := n.Crictl(n.t.Context(), "rmi", image)
		must(n.t, err)
	}
	mounts, err := n.Mounts(n.Root())
	must(n.t, err)
	for _, m := range mounts {
		n.t.Errorf("left behind: a mount at %s", m.Point)
	}
	for _, dir := range []string{"overlay-composefs/objects", "overlay-composefs/images", "overlay-composefs/staging", "overlay-composefs/layers", "overlay/l"} {
		err := filepath.WalkDir(filepath.Join(n.Root(), dir), func(path string, e fs.DirEntry, err error) error {
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

// sound checks that no image of a node with composefs is damaged.
func (n node) sound() {
	n.t.Helper()
	if !n.Composefs {
		return
	}
	if out, code := n.storage("check", "--all"); code != 0 || !strings.Contains(out, "found: 0 damaged") {
		n.t.Errorf("check: exit code %d:\n%s", code, out)
	}
}

// erofs returns the number of EROFS mounts on the node.
func (n node) erofs() (count int) {
	n.t.Helper()
	mounts, err := n.Mounts(n.Root())
	must(n.t, err)
	for _, m := range mounts {
		if m.Type == "erofs" {
			count++
		}
	}
	return count
}

// push puts an image of busybox and further layers into the registry of the cluster, and returns its name.
func push(t *testing.T, name string, layers ...[]byte) string {
	t.Helper()
	base, err := cluster.Busybox()
	must(t, err)
	img := podman.Image{Layers: append([][]byte{base}, layers...), Compression: podman.Gzip, Cmd: []string{"sh", "-c", sleeps}}
	must(t, start(t).Registry.Push(name+":1", img))
	return cluster.Host + "/" + name + ":1"
}

// sleeps is a script that ends when it is asked to.
const sleeps = `trap "exit 0" TERM; while :; do sleep 1 & wait; done`

// deployment is a Deployment on a node.
func deployment(name string, replicas int, image string) string {
	return fmt.Sprintf(`apiVersion: apps/v1
kind: Deployment
metadata: {name: %[1]s-NODE}
spec:
  replicas: %[2]d
  selector: {matchLabels: {app: %[1]s-NODE}}
  template:
    metadata: {labels: {app: %[1]s-NODE}}
    spec:
      nodeSelector: {kubernetes.io/hostname: NODE}
      terminationGracePeriodSeconds: 2
      automountServiceAccountToken: false
      dnsPolicy: Default
      containers:
      - {name: app, image: %[3]q, imagePullPolicy: IfNotPresent}
`, name, replicas, image)
}

// pod is a pod on a node: its name, and the rest of its specification.
func pod(name, spec string) string {
	return fmt.Sprintf("apiVersion: v1\nkind: Pod\nmetadata: {name: %s-NODE, labels: {app: %[1]s-NODE}}\nspec:\n  nodeSelector: {kubernetes.io/hostname: NODE}\n"+
		"  terminationGracePeriodSeconds: 2\n  dnsPolicy: Default\n  automountServiceAccountToken: false\n%s", name, spec)
}
