//go:build crio

package kubernetes_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// application returns a version of an image with names that a later layer removes.
func application(t *testing.T, version string) string {
	t.Helper()
	return push(t, "application"+version,
		podman.Layer(layertest.Dir("app"), layertest.File("app/token", "secret"), layertest.File("app/file", "one"), layertest.Link("app/link", "app/file")),
		podman.Layer(layertest.Dir("app"), layertest.File("app/.wh.token", ""), layertest.File("app/version", version), layertest.File("app/new", strings.Repeat("two", 1000)).Owner(7, 8, 0o4750)))
}

// TestRollout rolls out an image, the next one, and the first one again. All pods of an image share one mount.
func TestRollout(t *testing.T) {
	both(t, func(t *testing.T, n node) {
		one, two := application(t, "1"), application(t, "2")
		name := "deployment/rollout-" + n.Name
		see := func(version string) {
			t.Helper()
			n.eventually("all pods have version "+version, func() bool { return len(n.pods("rollout-"+n.Name)) == 3 })
			for _, pod := range n.pods("rollout-" + n.Name) {
				if got := n.exec(pod, "cat /app/version; echo; ls /app; cat /app/link; stat -c '%u %g %a' /app/new"); got != version+"\nfile\nlink\nnew\nversion\none7 8 4750" {
					t.Errorf("a pod of version %s sees %q", version, got)
				}
			}
		}
		n.apply(deployment("rollout", 1, one))
		n.ready(name)
		mounts := n.erofs()
		n.apply(deployment("rollout", 3, one))
		n.ready(name)
		see("1")
		for _, pod := range n.pods("rollout-" + n.Name) { // layers one by one, as in a build, would be mounts of each pod
			if root, _, _ := strings.Cut(n.exec(pod, "cat /proc/mounts"), "\n"); strings.HasPrefix(root, "composefs / overlay ") != n.Composefs || strings.Contains(root, "metacopy=on") {
				t.Errorf("the root of a pod is %q", root)
			}
		}
		if now := n.erofs(); now != mounts || (now > 0) != n.Composefs {
			t.Errorf("%d EROFS mounts for one pod, %d for three", mounts, now)
		}
		n.apply(deployment("rollout", 3, two))
		n.ready(name)
		see("2")
		n.kubectl("rollout", "undo", name)
		n.ready(name)
		see("1")
		n.sound()
		n.clear(name)
	})
}

// features is the specification of a pod that uses what images are used for: the image, an image for a volume.
const features = `  initContainers:
  - {name: init, image: %[1]q, command: [sh, -c, "cat /app/file /app/version >/shared/page"], volumeMounts: [{name: shared, mountPath: /shared}]}
  containers:
  - name: app
    image: %[1]q
    command: [sh, -c, "rm -f /shared/ill; echo started; exec httpd -f -p 8080 -h /shared"]
    securityContext: {readOnlyRootFilesystem: true}
    resources: {limits: {memory: 64Mi, cpu: 500m}}
    startupProbe: {tcpSocket: {port: 8080}, periodSeconds: 1, failureThreshold: 60}
    readinessProbe: {httpGet: {path: /page, port: 8080}, periodSeconds: 1}
    livenessProbe: {exec: {command: [sh, -c, "! test -e /shared/ill"]}, periodSeconds: 1, failureThreshold: 1}
    volumeMounts: [{name: shared, mountPath: /shared}, {name: image, mountPath: /volume}]
  volumes:
  - {name: shared, emptyDir: {}}
  - {name: image, image: {reference: %[2]q, pullPolicy: IfNotPresent}}
`

// TestPod runs a pod with an init container, an image volume, a root that is read only, limits and probes of each kind.
func TestPod(t *testing.T) {
	both(t, func(t *testing.T, n node) {
		volume := push(t, "volume", podman.Layer(layertest.Dir("data"), layertest.File("data/file", "of the volume")))
		n.apply(pod("features", fmt.Sprintf(features, application(t, "1"), volume)))
		name := "pod/features-" + n.Name
		n.ready(name)
		if got := n.exec(name, "cat /shared/page /volume/data/file; ls /app"); got != "one1of the volumefile\nlink\nnew\nversion" {
			t.Errorf("the container sees %q", got)
		}
		for _, file := range []string{"/app/file", "/new", "/volume/data/file", "/volume/new"} {
			if got := n.exec(name, "echo >"+file+" || echo refused"); !strings.Contains(got, "refused") {
				t.Errorf("%s is written", file)
			}
		}
		if got := n.kubectl("logs", name, "--container=app"); got != "started" {
			t.Errorf("the log is %q", got)
		}
		n.exec(name, "touch /shared/ill")
		restarts := func() string {
			return n.kubectl("get", name, "--output=jsonpath={.status.containerStatuses[0].restartCount}")
		}
		n.eventually("a container that fails its liveness probe is started again", func() bool { return restarts() != "0" })
		n.ready(name)
		n.sound()
		n.clear(name)
	})
}

// apart is the specification of a pod with user IDs of its own and a volume.
const apart = `  hostUsers: false
  containers:
  - {name: app, image: %q, volumeMounts: [{name: shared, mountPath: /shared}]}
  volumes:
  - {name: shared, emptyDir: {}}
`

// TestUserNamespace runs two pods with user IDs of their own. Files of the image and of the volume belong to root
// there.
func TestUserNamespace(t *testing.T) {
	both(t, func(t *testing.T, n node) {
		hosts, objects := map[string]bool{}, []string{}
		for i := range 2 {
			name := fmt.Sprint("users", i)
			n.apply(pod(name, fmt.Sprintf(apart, application(t, "1"))))
			objects = append(objects, "pod/"+name+"-"+n.Name)
		}
		for _, object := range objects {
			n.ready(object)
			ids := strings.Fields(n.exec(object, "cat /proc/self/uid_map"))
			if len(ids) != 3 || ids[0] != "0" || ids[1] == "0" || hosts[ids[1]] {
				t.Errorf("%s has the IDs %q; others have %v", object, ids, hosts)
				continue
			}
			hosts[ids[1]] = true
			const script = `cat /app/file; ls /app; echo >/shared/file; echo more >>/app/file; cat /app/file
stat -c "%u %g" /app/new /app/file /shared/file`
			if got := n.exec(object, script); got != "onefile\nlink\nnew\nversion\nonemore\n7 8\n0 0\n0 0" {
				t.Errorf("%s sees %q", object, got)
			}
		}
		n.sound()
		n.clear(objects...)
	})
}

// TestSharedLayers starts pods of images that share layers, all at once, while kubelet pulls in parallel.
func TestSharedLayers(t *testing.T) {
	both(t, func(t *testing.T, n node) {
		var layers [][]byte
		var objects []string
		for i := range 6 {
			layers = append(layers, podman.Layer(layertest.File(fmt.Sprint("file", i), strings.Repeat(fmt.Sprint(i, "\n"), 50_000))))
			name := fmt.Sprint("shared", i)
			n.apply(deployment(name, 1, push(t, "version"+fmt.Sprint(i), slices.Clone(layers)...)))
			objects = append(objects, "deployment/"+name+"-"+n.Name)
		}
		for i, object := range objects {
			n.ready(object)
			pods := n.pods(strings.TrimPrefix(object, "deployment/"))
			if len(pods) != 1 {
				t.Fatalf("%d pods of %s", len(pods), object)
			}
			if got := n.exec(pods[0], "cat /file* | wc -c; ls -d /file*"); strings.Count(got, "/file") != i+1 || !strings.HasPrefix(got, fmt.Sprint((i+1)*100_000)) {
				t.Errorf("version %d has %q", i, got)
			}
		}
		n.sound()
		n.clear(objects...)
	})
}
