//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/tests/cluster"
	"github.com/composefs-storage/composefs-storage/tests/nodes"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// version is the cost of a version of the application on a node.
type version struct {
	ready  time.Duration // until all pods are ready
	pull   time.Duration // as kubelet reports it
	pulled int64         // bytes from the registry
	stored int64         // new bytes on the disk
}

// result is all that is measured on a node.
type result struct {
	first, next  version
	mounts       int          // of the pods of the first version, and of their images
	images       int          // those of them that are EROFS
	furtherPod   nodes.Memory // for each pod but the first of an image, after all its files were read
	furtherCount int
}

// deployment is a Deployment of the application on a node: its name, the pods, the node, the image.
const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: %[1]s}
spec:
  replicas: %[2]d
  selector: {matchLabels: {app: %[1]s}}
  template:
    metadata: {labels: {app: %[1]s}}
    spec:
      nodeSelector: {kubernetes.io/hostname: %[3]s}
      terminationGracePeriodSeconds: 1
      automountServiceAccountToken: false
      dnsPolicy: Default
      containers:
      - name: app
        image: %[4]s
        imagePullPolicy: IfNotPresent
        readinessProbe: {httpGet: {path: /00/000, port: 8080}, periodSeconds: 1}
`

// measure deploys a version on a node, first one pod and then the others, and rolls out the next version.
func measure(ctx context.Context, c *cluster.Cluster, n *cluster.Node, compression podman.Compression, replicas int) (r result, err error) {
	if r.first, err = deploy(ctx, c, n, image(compression, 1), 1); err != nil {
		return r, err
	}
	before, err := afterReading(ctx, c, n)
	if err != nil {
		return r, err
	}
	if _, err := deploy(ctx, c, n, image(compression, 1), replicas); err != nil {
		return r, err
	}
	after, err := afterReading(ctx, c, n)
	if err != nil {
		return r, err
	}
	if r.furtherCount = replicas - 1; r.furtherCount > 0 {
		r.furtherPod.Kernel = (after.Kernel - before.Kernel) / int64(r.furtherCount)
		r.furtherPod.Cache = (after.Cache - before.Cache) / int64(r.furtherCount)
	}
	mounts, err := n.Mounts(n.Root())
	if err != nil {
		return r, err
	}
	r.mounts = len(mounts)
	for _, m := range mounts {
		if m.Type == "erofs" {
			r.images++
		}
	}
	r.next, err = deploy(ctx, c, n, image(compression, 2), replicas)
	return r, err
}

// deploy deploys an image on a node, and waits until its pods are ready and others are gone.
func deploy(ctx context.Context, c *cluster.Cluster, n *cluster.Node, image string, replicas int) (v version, err error) {
	if err := c.Registry.Warm(image); err != nil {
		return v, err
	}
	before, err := stored(ctx, n)
	if err != nil {
		return v, err
	}
	sent, begin := c.Registry.Sent(n.Address()), time.Now()
	ref := cluster.Host + "/" + image
	if err := c.Apply(ctx, fmt.Sprintf(deployment, n.Name, replicas, n.Name, ref)); err != nil {
		return v, err
	}
	if _, err := c.Kubectl(ctx, "", "rollout", "status", "--timeout=10m", "deployment/"+n.Name); err != nil {
		return v, err
	}
	v.ready, v.pulled = time.Since(begin), c.Registry.Sent(n.Address())-sent
	if v.pull, err = pullTime(ctx, c, n, ref); err != nil {
		return v, err
	}
	err = nodes.Await("old pods are gone", time.Minute, func() (bool, error) {
		names, err := pods(ctx, c, n)
		return len(names) == replicas, err
	})
	if err != nil {
		return v, err
	}
	after, err := stored(ctx, n)
	v.stored = after - before
	return v, err
}

// stored returns the bytes on the disk of the node's store. du fails if a file vanishes while it runs, as those of
// removed containers do.
func stored(ctx context.Context, n *cluster.Node) (int64, error) {
	unix.Sync()
	var out []byte
	var last error
	err := nodes.Await("du reads the store", time.Minute, func() (bool, error) {
		out, last = exec.CommandContext(ctx, "du", "-sxB1", n.Root()).Output()
		return last == nil, ctx.Err()
	})
	if err != nil {
		return 0, errors.Join(err, last)
	}
	size, _, _ := strings.Cut(string(out), "\t")
	return strconv.ParseInt(size, 10, 64)
}

// pods returns the names of the application's pods on a node.
func pods(ctx context.Context, c *cluster.Cluster, n *cluster.Node) ([]string, error) {
	out, err := c.Kubectl(ctx, "", "get", "pods", "--selector=app="+n.Name, "--output=name")
	return strings.Fields(out), err
}

// afterReading reads all files in all pods on a node, and returns the memory that the kernel then needs.
func afterReading(ctx context.Context, c *cluster.Cluster, n *cluster.Node) (mem nodes.Memory, err error) {
	names, err := pods(ctx, c, n)
	if err != nil {
		return mem, err
	}
	for _, name := range names {
		if _, err := c.Kubectl(ctx, "", "exec", name, "--", "sh", "-c", "find / -xdev -type f -exec cat {} + >/dev/null"); err != nil {
			return mem, err
		}
	}
	return n.Memory()
}

var pulledIn = regexp.MustCompile(`^Successfully pulled image "(.*)" in ([^ ]*) `)

// pullTime returns how long the pull of an image has taken on a node. Of pods that wait for the same pull, the longest
// counts.
func pullTime(ctx context.Context, c *cluster.Cluster, n *cluster.Node, ref string) (longest time.Duration, err error) {
	out, err := c.Kubectl(ctx, "", "get", "events", "--field-selector=reason=Pulled", "--output=json")
	if err != nil {
		return 0, err
	}
	var events struct {
		Items []struct {
			Message string
			Source  struct{ Host string }
		}
	}
	if err := json.Unmarshal([]byte(out), &events); err != nil {
		return 0, err
	}
	for _, e := range events.Items {
		m := pulledIn.FindStringSubmatch(e.Message)
		if m == nil || m[1] != ref || e.Source.Host != n.Name {
			continue
		}
		took, err := time.ParseDuration(m[2])
		if err != nil {
			return 0, err
		}
		longest = max(longest, took)
	}
	if longest == 0 {
		return 0, fmt.Errorf("no event of a pull of %s on %s", ref, n.Name)
	}
	return longest, nil
}
