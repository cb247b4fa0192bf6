//go:build linux

// Package cluster makes a Kubernetes cluster of machines in namespaces: one for the API server and its
// companions, and nodes that run kubelet and CRI-O, with composefs or without. Tests and the demo use it.
package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/composefs-storage/composefs-storage/tests/nodes"
)

const (
	address  = "10.11.0.1"       // of the API server and the registry
	registry = address + ":5000" // by HTTP
	Host     = "registry.test"   // Host is the registry in names of images.
	patience = 3 * time.Minute   // no step takes as long
)

// Options describe a cluster.
type Options struct {
	Bin      string // the directory of our programs: those of "make build crio crio-stock crio-tools kubernetes"
	Storage  string // storage.conf with composefs
	Dir      string // an empty directory, whose name is that of no other cluster
	Want     []Node // names and kinds of nodes
	Parallel bool   // kubelet pulls several images at a time
}

// Cluster is a running cluster.
type Cluster struct {
	Options
	Registry *Registry
	Nodes    []*Node
	control  *nodes.Machine
}

// Start starts a cluster, and returns when all nodes are ready. It has to be closed even if it fails.
func Start(ctx context.Context, o Options) (*Cluster, error) {
	c := &Cluster{Options: o, Registry: newRegistry(filepath.Join(o.Dir, "registry"))}
	if err := c.startControl(ctx); err != nil {
		return c, err
	}
	if err := pushPause(c.Registry); err != nil {
		return c, err
	}
	for i := range o.Want {
		n := o.Want[i]
		n.cluster, n.number = c, i+1
		c.Nodes = append(c.Nodes, &n)
	}
	err := c.each(func(n *Node) error { return n.start(ctx) })
	if err == nil {
		err = c.each(func(n *Node) error { return n.ready(ctx) })
	}
	if err == nil { // pods need it
		err = c.await(ctx, "there is a service account", "get", "serviceaccount", "default")
	}
	return c, err
}

// each calls a function for each node, at the same time.
func (c *Cluster) each(do func(n *Node) error) error {
	errs := make([]error, len(c.Nodes))
	var wg sync.WaitGroup
	for i, n := range c.Nodes {
		wg.Add(1)
		go func() {
			defer wg.Done()
			errs[i] = do(n)
		}()
	}
	wg.Wait()
	return errors.Join(errs...)
}

// bridge is a script that connects the machines, which are ports of the bridge.
const bridge = `ip link add nodes0 type bridge
ip address add ` + address + `/24 dev nodes0
ip link set nodes0 up`

// kubeconfig is the configuration of all clients of the API server, for the directory of certificates.
const kubeconfig = `apiVersion: v1
kind: Config
clusters: [{name: test, cluster: {server: "https://` + address + `:6443", certificate-authority: %[1]s/ca.crt}}]
users: [{name: admin, user: {client-certificate: %[1]s/admin.crt, client-key: %[1]s/admin.key}}]
contexts: [{name: test, context: {cluster: test, user: admin}}]
current-context: test
`

// startControl starts the machine of the API server.
func (c *Cluster) startControl(ctx context.Context) error {
	m, err := c.machine("control")
	if err != nil {
		return err
	}
	c.control = m
	dir := m.Dir
	err = errors.Join(certificates(dir, address), os.WriteFile(c.kubeconfig(), fmt.Appendf(nil, kubeconfig, dir), 0o600),
		os.Mkdir(filepath.Join(dir, "containers"), 0o755))
	if err == nil {
		err = m.Boot()
	}
	if err == nil {
		_, err = m.Run(ctx, bridge)
	}
	var l net.Listener
	if err == nil {
		l, err = m.Listen(registry)
	}
	if err != nil {
		return err
	}
	c.Registry.serve(l)
	const etcd = "http://127.0.0.1:2379"
	programs := [][]string{
		{"etcd", "--data-dir=" + dir + "/etcd", "--listen-client-urls=" + etcd, "--advertise-client-urls=" + etcd, "--listen-peer-urls=http://127.0.0.1:2380", "--unsafe-no-fsync"},
		{"kube-apiserver", "--etcd-servers=" + etcd, "--secure-port=6443", "--advertise-address=" + address, "--tls-cert-file=" + dir + "/api.crt", "--tls-private-key-file=" + dir + "/api.key",
			"--client-ca-file=" + dir + "/ca.crt", "--service-account-key-file=" + dir + "/sa.pub", "--service-account-signing-key-file=" + dir + "/sa.key",
			"--service-account-issuer=https://kubernetes.default", "--service-cluster-ip-range=10.96.0.0/16", "--authorization-mode=Node,RBAC", "--allow-privileged=true",
			"--kubelet-client-certificate=" + dir + "/admin.crt", "--kubelet-client-key=" + dir + "/admin.key", "--kubelet-preferred-address-types=InternalIP", "--feature-gates=ImageVolume=true"},
		{"kube-scheduler", "--kubeconfig=" + c.kubeconfig(), "--leader-elect=false"},
		{"kube-controller-manager", "--kubeconfig=" + c.kubeconfig(), "--leader-elect=false", "--service-account-private-key-file=" + dir + "/sa.key", "--root-ca-file=" + dir + "/ca.crt", "--controllers=*,-nodeipam",
			"--node-monitor-grace-period=20s"},
	}
	for _, program := range programs {
		if err := c.run(m, program); err != nil {
			return err
		}
		if program[0] == "kube-apiserver" {
			if err := c.await(ctx, "the API server is ready", "get", "--raw", "/readyz"); err != nil {
				return err
			}
		}
	}
	return nil
}

// machine returns a machine of the cluster that has not been booted.
func (c *Cluster) machine(name string) (*nodes.Machine, error) {
	dir := filepath.Join(c.Dir, filepath.Base(c.Dir)+"-"+name)
	return &nodes.Machine{Dir: dir, Network: true}, os.Mkdir(dir, 0o755)
}

func (c *Cluster) kubeconfig() string { return filepath.Join(c.control.Dir, "kubeconfig") }

// run starts a program of Kubernetes in a machine. NAME.log is its output, NAME.pid its process in the machine.
func (c *Cluster) run(m *nodes.Machine, args []string) error {
	log, err := os.OpenFile(filepath.Join(m.Dir, args[0]+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close() //nolint:errcheck // the child writes
	cmd := m.Command(context.Background(), append([]string{"sh", "-c", `echo $$ >"$0"; exec "$@"`, filepath.Join(m.Dir, args[0]+".pid"),
		filepath.Join(c.Bin, "kubernetes", args[0])}, args[1:]...)...)
	cmd.Stdout, cmd.Stderr = log, log
	_, err = nodes.Start(cmd)
	return err
}

// Kubectl runs kubectl with an input, and returns its output.
func (c *Cluster) Kubectl(ctx context.Context, input string, args ...string) (string, error) {
	cmd := c.control.Command(ctx, append([]string{filepath.Join(c.Bin, "kubernetes/kubectl"), "--kubeconfig", c.kubeconfig()}, args...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &stdout, &stderr
	err := cmd.Run()
	if err != nil {
		err = fmt.Errorf("kubectl %q: %w: %s", args, err, stderr.String())
	}
	return strings.TrimSpace(stdout.String()), err
}

// Apply creates or changes objects, in YAML.
func (c *Cluster) Apply(ctx context.Context, yaml string) error {
	_, err := c.Kubectl(ctx, yaml, "apply", "-f", "-")
	return err
}

// await waits until kubectl succeeds.
func (c *Cluster) await(ctx context.Context, what string, args ...string) error {
	var last error
	err := nodes.Await(what, patience, func() (bool, error) {
		_, last = c.Kubectl(ctx, "", args...)
		return last == nil, ctx.Err()
	})
	if err != nil {
		err = errors.Join(err, last)
	}
	return err
}

// Close ends the cluster, and removes all that it has written.
func (c *Cluster) Close() error {
	var err error
	for _, n := range c.Nodes {
		if n.Machine != nil {
			err = errors.Join(err, n.Die())
		}
	}
	if c.control != nil {
		err = errors.Join(err, c.control.Die())
	}
	err = errors.Join(err, c.Registry.close())
	if err == nil { // never remove files through a mount
		err = os.RemoveAll(c.Dir)
	}
	return err
}
