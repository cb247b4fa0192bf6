//go:build crio

package crio_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/driver/kernel/mountinfo"
	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/nodes"
)

// kind is a CRI-O, with composefs or without.
type kind int

const (
	plain kind = iota // CRI-O without our driver, with plain overlay
	ours              // CRI-O with our driver and composefs on
)

func (k kind) String() string { return [...]string{"plain", "ours"}[k] }

// program is the name that make gives this CRI-O.
func (k kind) program() string { return [...]string{"crio-stock", "crio"}[k] }

// node is a machine in namespaces that runs CRI-O.
type node struct {
	kind
	nodes.Machine
	t         *testing.T
	opts      options
	bin       string // our programs
	root, run string // its store
	metrics   string // where CRI-O shows its metrics
	crio      *nodes.Process
}

const patience = nodes.Patience // no step takes as long

// options change how a node is made.
type options struct {
	image   string // lines for [crio.image] of crio.conf
	network bool   // a network of its own, in which pods have addresses and public registries are stand-ins
	images  bool   // images in a directory of their own (imagestore), apart from containers
	disk    int64  // the bytes of a disk that is only for the store, or 0
	systemd bool   // systemd boots the node, and starts CRI-O by the units that are installed
}

// newNode starts a node for the duration of the test.
func newNode(t *testing.T, k kind, opts options) *node {
	t.Helper()
	needs.Root(t)
	for program, debian := range map[string]string{"conmon": "conmon", "catatonit": "catatonit", "nsenter": "util-linux"} {
		needs.Program(t, program, debian)
	}
	bin, err := filepath.Abs("../../bin")
	must(t, err)
	for program, command := range map[string]string{k.program(): "make " + k.program(), "crictl": "make crio-tools", "runc": "make crio-tools", "composefs-storage": "make build"} {
		needs.Built(t, filepath.Join(bin, program), command)
	}
	dir, err := os.MkdirTemp(needs.Disk(t), "composefs-crio-*")
	must(t, err)
	n := &node{kind: k, Machine: nodes.Machine{Dir: dir, Network: opts.network, Systemd: opts.systemd}, t: t, opts: opts, bin: bin, root: filepath.Join(dir, "root"), run: filepath.Join(dir, "run")}
	t.Cleanup(n.remove)
	must(t, n.configure())
	n.boot()
	if opts.network {
		n.serveRegistries()
	}
	if opts.disk > 0 {
		n.addDisk()
	}
	if opts.systemd {
		n.awaitCRIO()
	} else {
		n.start()
	}
	return n
}

// addDisk mounts a disk at the graph root. The mount ends with the machine.
func (n *node) addDisk() {
	n.t.Helper()
	needs.Program(n.t, "mkfs.ext4", "e2fsprogs")
	n.shell(`truncate -s "$1" disk; mkfs.ext4 -q -m0 disk; mkdir "$2"; mount -o loop disk "$2"`, strconv.FormatInt(n.opts.disk, 10), n.root)
}

// shell runs a shell script in the node, and returns its output.
func (n *node) shell(script string, args ...string) string {
	n.t.Helper()
	out, err := n.Run(n.t.Context(), script, args...)
	must(n.t, err)
	return out
}

// alone is a script by which a network of its own has an address and a default route, to nowhere. Nothing has a name
// there: a server out of reach would be waited for, ten seconds in each pull.
const alone = `ip link add node0 type veth peer name node1
ip address add 10.11.0.1/24 dev node0
ip link set node0 up
ip link set node1 up
ip route add default via 10.11.0.254
echo nameserver 127.0.0.1 >resolv.conf
mount --bind resolv.conf /etc/resolv.conf`

// boot starts the machine.
func (n *node) boot() {
	n.t.Helper()
	must(n.t, n.Boot())
	if n.opts.network {
		n.shell(alone)
	}
}

// start starts CRI-O, and returns when it answers.
func (n *node) start() {
	n.t.Helper()
	var err error
	n.crio, err = n.StartCRIO(filepath.Join(n.bin, n.program()), n.socket(), n.answers)
	must(n.t, err)
}

// awaitCRIO returns when CRI-O, which systemd has started, answers.
func (n *node) awaitCRIO() {
	n.t.Helper()
	must(n.t, nodes.AwaitCRIO(nil, n.socket(), n.answers))
}

func (n *node) answers() bool {
	_, err := n.try("version")
	return err == nil
}

func (n *node) socket() string { return filepath.Join(n.Dir, "crio.sock") }

// stop ends CRI-O by a signal such as KILL. Containers go on.
func (n *node) stop(signal string) {
	n.t.Helper()
	must(n.t, n.SignalCRIO(signal))
	if !n.crio.Await(patience) {
		n.t.Fatalf("CRI-O does not end by SIG%s", signal)
	}
}

// die is a power cut: all processes and mounts of the node are gone, and what a reboot deletes.
func (n *node) die() error {
	err := n.Die()
	if err == nil {
		err = os.RemoveAll(n.run)
	}
	return err
}

// remove ends the node and removes its files.
func (n *node) remove() {
	if n.t.Failed() {
		for _, name := range []string{"node.log", "crio.log"} {
			text, _ := os.ReadFile(filepath.Join(n.Dir, name))
			lines := strings.Split(string(text), "\n")
			n.t.Logf("the end of %s:\n%s", name, strings.Join(lines[max(0, len(lines)-40):], "\n"))
		}
	}
	err := n.die()
	if err == nil {
		err = os.RemoveAll(n.Dir)
	}
	if err != nil {
		n.t.Errorf("node %s stays: %v", n.Dir, err)
	}
}

// mounts returns the mounts of the store that the node sees.
func (n *node) mounts() []mountinfo.Mount {
	n.t.Helper()
	mounts, err := n.Mounts(n.root)
	must(n.t, err)
	return mounts
}

// images returns the number of EROFS mounts.
func (n *node) images() (count int) {
	n.t.Helper()
	for _, m := range n.mounts() {
		if m.Type == "erofs" {
			count++
		}
	}
	return count
}
