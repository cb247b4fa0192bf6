//go:build crio

package crio_test

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/composefs-storage/composefs-storage/tests/podman/conf"
)

// crioConf is crio.conf, for fmt: the node's directory, a port for metrics, lines for [crio.image], the directory of
// pinns. It has the settings of an installed CRI-O for unclean shutdowns, and asks for nothing that
// the machine of the tests may lack.
const crioConf = `[crio]
log_dir = "%[1]s/log"
version_file = "/run/crio/version"
version_file_persist = "%[1]s/version"
clean_shutdown_file = "%[1]s/clean.shutdown"
internal_wipe = true
internal_repair = true
[crio.api]
listen = "%[1]s/crio.sock"
stream_port = "0"
[crio.runtime]
cgroup_manager = "cgroupfs"
conmon_cgroup = "pod"
default_runtime = "runc"
pinns_path = "%[4]s/pinns"
seccomp_profile = ""
apparmor_profile = ""
hooks_dir = []
irqbalance_config_restore_file = "disable"
[crio.runtime.runtimes.runc]
runtime_path = "%[1]s/runc"
runtime_type = "oci"
runtime_root = "/run/runc"
[crio.image]
pause_command = ""
signature_policy = "/etc/containers/policy.json"
%[3]s
[crio.network]
network_dir = "%[1]s/networks"
plugin_dirs = ["/usr/lib/cni"]
[crio.metrics]
enable_metrics = true
metrics_port = %[2]d
[crio.nri]
enable_nri = false
`

// configure writes the files that CRI-O of the node reads.
func (n *node) configure() error {
	port, err := freePort()
	if err != nil {
		return err
	}
	n.metrics = fmt.Sprintf("http://127.0.0.1:%d/metrics", port)
	self, err := os.Executable()
	if err != nil {
		return err
	}
	storage, err := n.storageConf()
	if err != nil {
		return err
	}
	registries := conf.Registries
	if n.opts.network {
		registries = publicRegistries()
	}
	files := map[string]string{
		"crictl.yaml":                "{}\n",
		"crio.conf":                  fmt.Sprintf(crioConf, n.dir, port, n.opts.image, n.bin),
		"containers/storage.conf":    storage,
		"containers/registries.conf": registries,
		"containers/policy.json":     `{"default": [{"type": "insecureAcceptAnything"}]}`,
	}
	err = errors.Join(os.Mkdir(filepath.Join(n.dir, "containers"), 0o755), os.Mkdir(filepath.Join(n.dir, "networks"), 0o755),
		os.Symlink(self, filepath.Join(n.dir, "runc")))
	if n.opts.network {
		files["networks/10-bridge.conflist"] = bridge
	}
	for name, text := range files {
		err = errors.Join(err, os.WriteFile(filepath.Join(n.dir, name), []byte(text), 0o644))
	}
	return err
}

// storageConf returns the sample storage.conf, for the directories of the node, or one without composefs.
func (n *node) storageConf() (string, error) {
	text := "[storage]\ndriver = \"overlay\"\ngraphroot = \"/var/lib/containers/storage\"\nrunroot = \"/run/containers/storage\"\n"
	if n.kind == ours {
		sample, err := os.ReadFile("../../docs/storage.conf")
		if err != nil {
			return "", err
		}
		text = string(sample)
	}
	return strings.NewReplacer("/var/lib/containers/storage", n.root, "/run/containers/storage", n.run).Replace(text), nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}
