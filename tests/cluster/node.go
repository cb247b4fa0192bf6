//go:build linux

package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/composefs-storage/composefs-storage/tests/nodes"
)

// Node is a machine that runs pods.
type Node struct {
	Name      string
	Composefs bool // CRI-O with our driver, and composefs is on

	*nodes.Machine
	cluster *Cluster
	number  int
}

// Address is the node's address.
func (n *Node) Address() string { return fmt.Sprintf("10.11.0.%d", 10+n.number) }

// Root is the store of the node.
func (n *Node) Root() string { return filepath.Join(n.Dir, "root") }

func (n *Node) subnet() string { return fmt.Sprintf("10.85.%d", n.number) }

const (
	socket = "/run/crio/crio.sock" // kubelet looks for statistics in CRI-O if a path ends like this

	// pods is the network of pods, for the subnet.
	pods = `{"cniVersion": "1.0.0", "name": "pods", "plugins": [{"type": "bridge", "bridge": "cni0", "isGateway": true, "hairpinMode": true,
"ipam": {"type": "host-local", "dataDir": "/run/cni", "routes": [{"dst": "0.0.0.0/0"}], "ranges": [[{"subnet": "%s.0/24"}]]}}]}`

	registries = "[[registry]]\nprefix = %q\nlocation = %q\ninsecure = true\n"

	// kubelet is the configuration of kubelet, for the machine's directory, the address, whether pulls wait for each other, and
	// more lines.
	kubelet = `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
authorization: {mode: AlwaysAllow}
address: %[2]s
containerRuntimeEndpoint: unix://` + socket + `
cgroupDriver: cgroupfs
enforceNodeAllocatable: []
failCgroupV1: false
failSwapOn: false
oomScoreAdj: 0
makeIPTablesUtilChains: false
resolvConf: %[1]s/resolv.conf
volumePluginDir: %[1]s/plugins
serializeImagePulls: %[3]t
maxPods: 100
featureGates: {ImageVolume: true}
%[4]s`

	// NoPressure are lines by which a full disk of this machine does not concern the node.
	NoPressure = `imageGCHighThresholdPercent: 100
evictionHard: {imagefs.available: "0%", nodefs.available: "0%", memory.available: "10Mi", nodefs.inodesFree: "0%", imagefs.inodesFree: "0%"}
`
)

// start starts the node, CRI-O and kubelet for the first time.
func (n *Node) start(ctx context.Context) error {
	m, err := n.cluster.machine(n.Name)
	if err != nil {
		return err
	}
	n.Machine = m
	storage := nodes.Plain
	if n.Composefs {
		storage = n.cluster.Storage
	}
	err = errors.Join(m.Configure(nodes.Configuration{
		Bin: n.cluster.Bin, Socket: socket, Metrics: 9090, Image: fmt.Sprintf("pause_image = %q", pause),
		Storage:    nodes.In(storage, n.Root(), filepath.Join(n.Dir, "run")),
		Registries: fmt.Sprintf(registries, Host, registry), Network: fmt.Sprintf(pods, n.subnet()),
	}),
		os.WriteFile(filepath.Join(n.Dir, "crictl.yaml"), []byte("{}\n"), 0o644),
		os.WriteFile(filepath.Join(n.Dir, "resolv.conf"), []byte("nameserver 127.0.0.1\n"), 0o644))
	if err != nil {
		return err
	}
	return n.Restart(ctx)
}

// connect is a script that connects a machine with the bridge: its first process, its number.
const connect = `ip link add "node$2" type veth peer name eth0 netns "$1"
ip link set "node$2" master nodes0 up`

// Restart boots the machine, and starts CRI-O and kubelet.
func (n *Node) Restart(ctx context.Context) error {
	if err := errors.Join(os.RemoveAll(filepath.Join(n.Dir, "run")), n.Boot()); err != nil {
		return err
	}
	if err := n.network(ctx); err != nil {
		return err
	}
	if err := n.StartCRIO(); err != nil {
		return err
	}
	return n.StartKubelet(NoPressure)
}

// StartKubelet starts kubelet with more lines of configuration.
func (n *Node) StartKubelet(more string) error {
	config := filepath.Join(n.Dir, "kubelet.yaml")
	err := os.WriteFile(config, fmt.Appendf(nil, kubelet, n.Dir, n.Address(), !n.cluster.Parallel, more), 0o644)
	if err != nil {
		return err
	}
	return n.cluster.run(n.Machine, []string{"kubelet", "--config=" + config, "--kubeconfig=" + n.cluster.kubeconfig(), "--hostname-override=" + n.Name, "--node-ip=" + n.Address()})
}

// StopKubelet ends kubelet. Pods go on.
func (n *Node) StopKubelet(ctx context.Context) error {
	_, err := n.Run(ctx, `pid=$(cat "$1"); kill "$pid"; while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done`, filepath.Join(n.Dir, "kubelet.pid"))
	return err
}

// network connects the node with the others, and its pods with theirs. There are no names: a server out of reach would
// be waited for.
func (n *Node) network(ctx context.Context) error {
	script := "mount --bind " + filepath.Join(n.Dir, "resolv.conf") + " /etc/resolv.conf\nip address add " + n.Address() + "/24 dev eth0\nip link set eth0 up\nip route add default via " + address + "\n"
	for _, other := range n.cluster.Nodes {
		if other != n {
			script += "ip route add " + other.subnet() + ".0/24 via " + other.Address() + "\n"
		}
	}
	// A process ID for ip is one of this machine, so only the network is that of the other.
	cmd := n.cluster.control.NetworkCommand(ctx, "sh", "-ec", connect, "sh", fmt.Sprint(n.First), fmt.Sprint(n.number))
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("the network of %s: %w: %s", n.Name, err, out)
	}
	_, err = n.Run(ctx, script)
	return err
}

// StartCRIO starts CRI-O.
func (n *Node) StartCRIO() error {
	program := "crio-stock"
	if n.Composefs {
		program = "crio"
	}
	outside := fmt.Sprintf("/proc/%d/root%s", n.First, socket)
	_, err := n.Machine.StartCRIO(filepath.Join(n.cluster.Bin, program), outside, func() bool {
		_, err := n.Crictl(context.Background(), "version")
		return err == nil
	})
	return err
}

// Crictl runs crictl on the node.
func (n *Node) Crictl(ctx context.Context, args ...string) (string, error) {
	out, err := n.Command(ctx, append([]string{filepath.Join(n.cluster.Bin, "crictl"), "--config", filepath.Join(n.Dir, "crictl.yaml"), "--timeout", "60s", "--runtime-endpoint", "unix://" + socket, "--image-endpoint", "unix://" + socket}, args...)...).CombinedOutput()
	if err != nil {
		err = fmt.Errorf("crictl %q on %s: %w: %s", args, n.Name, err, out)
	}
	return strings.TrimSpace(string(out)), err
}

// ready waits until the API server calls the node ready.
func (n *Node) ready(ctx context.Context) error {
	return n.cluster.await(ctx, n.Name+" is ready", "wait", "--for=condition=Ready", "--timeout=5s", "node/"+n.Name)
}
