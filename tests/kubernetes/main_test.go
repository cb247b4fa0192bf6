//go:build crio

// Package kubernetes_test runs pods in a Kubernetes cluster with a node that has composefs and, as the judge, one with
// plain overlay. "make test-kubernetes" builds the programs for it and runs it, as it does with tests/crio. Other
// targets leave it out. It needs cgroup v1.
package kubernetes_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/cluster"
	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/nodes"
)

func TestMain(m *testing.M) {
	nodes.Enter()
	code := m.Run()
	if shared.testCluster != nil {
		if code != 0 {
			shared.logs()
		}
		if err := shared.Close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// shared is the cluster of all tests.
var shared struct {
	once sync.Once
	*testCluster
	err error
}

type testCluster struct{ *cluster.Cluster }

// node is a node of the cluster.
type node struct {
	*cluster.Node
	cluster *cluster.Cluster
	t       *testing.T
}

// both runs a test on the node with plain overlay, which shows that the test is right, and at the same time on that with
// composefs.
func both(t *testing.T, test func(t *testing.T, n node)) {
	t.Helper()
	c := start(t)
	for _, n := range c.Nodes {
		t.Run(n.Name, func(t *testing.T) {
			t.Parallel()
			test(t, node{n, c, t})
		})
	}
}

// ours returns the node with composefs.
func ours(t *testing.T) node {
	t.Helper()
	c := start(t)
	return node{c.Nodes[1], c, t}
}

// start starts the cluster for the first test.
func start(t *testing.T) *cluster.Cluster {
	t.Helper()
	needs.Root(t)
	for program, debian := range map[string]string{"conmon": "conmon", "catatonit": "catatonit", "nsenter": "util-linux", "ip": "iproute2", "busybox": "busybox-static"} {
		needs.Program(t, program, debian)
	}
	needs.File(t, "/usr/lib/cni/bridge", "containernetworking-plugins")
	bin, err := filepath.Abs("../../bin")
	must(t, err)
	for program, command := range map[string]string{"crio": "make crio", "crio-stock": "make crio-stock", "crictl": "make crio-tools", "runc": "make crio-tools", "composefs-storage": "make build", "kubernetes/kubelet": "make kubernetes"} {
		needs.Built(t, filepath.Join(bin, program), command)
	}
	shared.once.Do(func() {
		storage, err := os.ReadFile("../../docs/storage.conf")
		must(t, err)
		dir, err := os.MkdirTemp(needs.Disk(t), "composefs-cluster-*")
		must(t, err)
		c, err := cluster.Start(context.Background(), cluster.Options{Bin: bin, Storage: string(storage), Dir: dir, Parallel: true,
			Want: []cluster.Node{{Name: "plain"}, {Name: "ours", Composefs: true}}})
		shared.testCluster, shared.err = &testCluster{c}, err
	})
	must(t, shared.err)
	return shared.Cluster
}

// logs keeps the output of all programs of the cluster.
func (c *testCluster) logs() {
	to := "../../.cache/kubernetes-logs"
	err := os.MkdirAll(to, 0o755)
	files, _ := filepath.Glob(filepath.Join(c.Dir, "*/*.log"))
	for _, file := range files {
		text, fails := os.ReadFile(file)
		if fails == nil {
			fails = os.WriteFile(filepath.Join(to, filepath.Base(filepath.Dir(file))+"-"+filepath.Base(file)), text, 0o644)
		}
		if err == nil {
			err = fails
		}
	}
	fmt.Fprintln(os.Stderr, "the output of all programs is in", to, err)
}

// must fails the test at an error.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
