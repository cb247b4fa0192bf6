//go:build crio

package kubernetes_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/tests/cluster"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// TestCRIOKilled kills CRI-O while it pulls for several pods. They become ready after it has been started again, and
// running containers have gone on.
func TestCRIOKilled(t *testing.T) {
	both(t, func(t *testing.T, n node) {
		n.apply(deployment("before", 2, application(t, "1")))
		n.ready("deployment/before-" + n.Name)
		before := n.containers("before-" + n.Name)
		sent := n.cluster.Registry.Sent(n.Address())
		names := []string{"deployment/before-" + n.Name}
		for i := range 4 {
			name := fmt.Sprint("load", i)
			n.apply(deployment(name, 1, push(t, name, random(uint64(i)))))
			names = append(names, "deployment/"+name+"-"+n.Name)
		}
		n.eventually("CRI-O pulls", func() bool { return n.cluster.Registry.Sent(n.Address()) > sent+1<<20 })
		must(t, n.SignalCRIO("KILL"))
		must(t, n.StartCRIO())
		for _, name := range names {
			n.ready(name)
		}
		if after := n.containers("before-" + n.Name); !slices.Equal(before, after) {
			t.Errorf("containers %q ran before, %q run after", before, after)
		}
		for _, pod := range n.pods("before-" + n.Name) {
			n.exec(pod, "cat /app/file")
		}
		n.sound()
		n.clear(names...)
	})
}

// containers returns the IDs of the containers of an application.
func (n node) containers(app string) []string {
	n.t.Helper()
	ids := strings.Fields(n.kubectl("get", "pods", "--selector=app="+app, "--output=jsonpath={.items[*].status.containerStatuses[0].containerID}"))
	slices.Sort(ids)
	return ids
}

// random returns a layer of 30 MB in files that cannot be compressed.
func random(seed uint64) []byte {
	source := rand.NewChaCha8([32]byte{byte(seed)})
	var entries []layertest.Entry
	for i := range 300 {
		data := make([]byte, 100_000)
		_, _ = source.Read(data)
		entries = append(entries, layertest.File(fmt.Sprintf("random%03d", i), string(data)))
	}
	return podman.Layer(entries...)
}

// TestNodeDies cuts the power of a node. The API server notices, and after a boot the pods run again, of the same
// images.
func TestNodeDies(t *testing.T) {
	both(t, func(t *testing.T, n node) {
		n.apply(deployment("dies", 2, application(t, "1")))
		name := "deployment/dies-" + n.Name
		n.ready(name)
		images, err := n.Crictl(t.Context(), "images", "--quiet")
		must(t, err)
		old, sent := n.containers("dies-"+n.Name), n.cluster.Registry.Sent(n.Address())
		must(t, n.Die())
		n.kubectl("wait", "--for=condition=Ready=Unknown", "--timeout=3m", "node/"+n.Name)
		must(t, n.Restart(t.Context()))
		n.ready("node/" + n.Name)
		n.eventually("other containers run", func() bool {
			now := n.containers("dies-" + n.Name)
			return len(now) == 2 && !slices.Contains(old, now[0]) && !slices.Contains(old, now[1])
		})
		n.ready(name)
		for _, pod := range n.pods("dies-" + n.Name) {
			if got := n.exec(pod, "cat /app/file; ls /app"); got != "onefile\nlink\nnew\nversion" {
				t.Errorf("a pod sees %q", got)
			}
		}
		now, err := n.Crictl(t.Context(), "images", "--quiet")
		must(t, err)
		if now != images || n.cluster.Registry.Sent(n.Address()) != sent {
			t.Errorf("images are %q, want %q without a pull", now, images)
		}
		n.sound()
		n.clear(name)
	})
}

// pressure are lines for kubelet by which any disk is too small.
const pressure = `evictionHard: {imagefs.available: "100Ti", nodefs.available: "0%", memory.available: "10Mi", nodefs.inodesFree: "0%", imagefs.inodesFree: "0%"}
imageMinimumGCAge: 1s
evictionPressureTransitionPeriod: 1s
`

// TestDiskPressure lets kubelet run out of disk: it removes unused images and evicts pods, which run again when the
// pressure is gone.
func TestDiskPressure(t *testing.T) {
	both(t, func(t *testing.T, n node) {
		used, unused := application(t, "1"), application(t, "2")
		_, err := n.Crictl(t.Context(), "pull", unused)
		must(t, err)
		n.apply(deployment("pressure", 1, used))
		name := "deployment/pressure-" + n.Name
		n.ready(name)
		must(t, n.StopKubelet(t.Context()))
		must(t, n.StartKubelet(pressure))
		n.kubectl("wait", "--for=condition=DiskPressure", "--timeout=3m", "node/"+n.Name)
		n.eventually("the unused image is removed", func() bool {
			out, err := n.Crictl(t.Context(), "images", "--quiet", unused)
			return err == nil && out == ""
		})
		// A pod that ends by itself when kubelet evicts it has succeeded, and the reason in its status is lost.
		n.eventually("the pod is evicted", func() bool {
			events := n.kubectl("get", "events", "--field-selector=reason=Evicted", "--output=jsonpath={.items[*].involvedObject.name}")
			return strings.Contains(events, "pressure-"+n.Name) && len(n.pods("pressure-"+n.Name)) == 0
		})
		must(t, n.StopKubelet(t.Context()))
		must(t, n.StartKubelet(cluster.NoPressure))
		n.kubectl("wait", "--for=condition=DiskPressure=False", "--timeout=3m", "node/"+n.Name)
		n.ready(name)
		for _, pod := range n.pods("pressure-" + n.Name) {
			n.exec(pod, "cat /app/file")
		}
		n.sound()
		n.clear(name)
	})
}

// damages are files that go wrong below a running pod.
var damages = map[string]func(object string) error{
	"changed": func(object string) error { return os.WriteFile(object, []byte("something else"), 0o600) },
	"missing": os.Remove,
}

// TestDamage damages an object while a pod runs: a repair takes it from the registry, and the next pod reads the right
// content without a pull.
func TestDamage(t *testing.T) {
	n := ours(t)
	content := strings.Repeat("content\n", 1000)
	ref := push(t, "damage", podman.Layer(layertest.File("file", content)))
	n.apply(deployment("damage", 1, ref))
	name := "deployment/damage-" + n.Name
	n.ready(name)
	for damage, do := range damages {
		t.Run(damage, func(t *testing.T) {
			n.t = t
			old := n.pods("damage-" + n.Name)
			must(t, do(filepath.Join(n.Root(), "overlay-composefs/objects", objects.Path(verity.Sum([]byte(content))))))
			if out, code := n.storage("check", "--all"); code != 3 {
				t.Errorf("check: exit code %d, want 3:\n%s", code, out)
			}
			if out, code := n.storage("check", "--all", "--repair", "--no-progress", "--from", "docker://"+ref); code != 0 {
				t.Errorf("check --repair: exit code %d:\n%s", code, out)
			}
			n.sound()
			for _, pod := range old {
				n.exec(pod, "true")
				n.kubectl("delete", "--wait", pod)
			}
			n.ready(name)
			pods := n.pods("damage-" + n.Name)
			if len(pods) != 1 || n.exec(pods[0], "cat /file") != strings.TrimSpace(content) {
				t.Errorf("the new pod of %q reads something else", pods)
			}
		})
	}
	n.t = t
	n.clear(name)
}

// TestDrain moves all pods off a node, and lets them come back.
func TestDrain(t *testing.T) {
	both(t, func(t *testing.T, n node) {
		n.apply(deployment("drain", 2, application(t, "1")))
		name := "deployment/drain-" + n.Name
		n.ready(name)
		n.kubectl("drain", n.Name, "--ignore-daemonsets", "--timeout=2m")
		if pods := n.pods("drain-" + n.Name); len(pods) > 0 {
			t.Errorf("these pods run on a drained node: %q", pods)
		}
		n.kubectl("uncordon", n.Name)
		n.ready(name)
		for _, pod := range n.pods("drain-" + n.Name) {
			n.exec(pod, "cat /app/file")
		}
		n.sound()
		n.clear(name)
	})
}
