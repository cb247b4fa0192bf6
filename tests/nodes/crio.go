//go:build linux

package nodes

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// conf is crio.conf. It has the settings of an installed CRI-O for unclean shutdowns, and asks for nothing
// that the machine may lack.
const conf = `[crio]
log_dir = "%[1]s/log"
version_file = "/run/crio/version"
version_file_persist = "%[1]s/version"
clean_shutdown_file = "%[1]s/clean.shutdown"
internal_wipe = true
internal_repair = true
[crio.api]
listen = "%[5]s"
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
%[7]s
[crio.runtime.runtimes.runc]
runtime_path = "%[6]s"
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

// Configuration is what CRI-O of a machine reads.
type Configuration struct {
	Bin        string // our programs
	Socket     string // where CRI-O listens
	Metrics    int    // the port of its metrics
	Runtime    string // lines for [crio.runtime] of crio.conf
	Image      string // lines for [crio.image] of crio.conf
	Storage    string // storage.conf
	Registries string // registries.conf
	Network    string // the network of pods, or "", for CNI
}

// CRIO returns crio.conf, for the directory of CRI-O's files and the path of runc.
func (c Configuration) CRIO(dir, runc string) string {
	return fmt.Sprintf(conf, dir, c.Metrics, c.Image, c.Bin, c.Socket, runc, c.Runtime)
}

// Configure writes the files that CRI-O of the machine reads. runc is then this program: see [Enter].
func (m *Machine) Configure(c Configuration) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	files := map[string]string{
		"crio.conf":                  c.CRIO(m.Dir, filepath.Join(m.Dir, "runc")),
		"containers/storage.conf":    c.Storage,
		"containers/registries.conf": c.Registries,
		"containers/policy.json":     `{"default": [{"type": "insecureAcceptAnything"}]}`,
	}
	err = errors.Join(os.Mkdir(filepath.Join(m.Dir, "containers"), 0o755), os.Mkdir(filepath.Join(m.Dir, "networks"), 0o755),
		os.Symlink(self, filepath.Join(m.Dir, "runc")), os.Symlink(filepath.Join(c.Bin, "runc"), filepath.Join(m.Dir, runcProgram)))
	if c.Network != "" {
		files["networks/10-pods.conflist"] = c.Network
	}
	for name, text := range files {
		err = errors.Join(err, os.WriteFile(filepath.Join(m.Dir, name), []byte(text), 0o644))
	}
	return err
}

// Plain is a storage.conf without composefs.
const Plain = `[storage]
driver = "overlay"
graphroot = "/var/lib/containers/storage"
runroot = "/run/containers/storage"
`

// In returns a storage.conf for other directories than its own.
func In(storageConf, root, run string) string {
	return strings.NewReplacer("/var/lib/containers/storage", root, "/run/containers/storage", run).Replace(storageConf)
}

// StartCRIO starts CRI-O, of which program is the path. answers reports whether it answers.
func (m *Machine) StartCRIO(program, socket string, answers func() bool) (*Process, error) {
	log, err := os.OpenFile(m.CRIOLog(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close() //nolint:errcheck // the child writes
	args := m.Program(program, "--config", filepath.Join(m.Dir, "crio.conf"), "--config-dir", "", "--log-level", "warning")
	cmd := m.Command(context.Background(), append([]string{"sh", "-c", `echo $$ >"$0"; exec "$@"`, m.pidFile()}, args...)...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := os.Remove(socket); err != nil && !errors.Is(err, fs.ErrNotExist) { // of the one before
		return nil, err
	}
	crio, err := Start(cmd)
	if err != nil {
		return nil, err
	}
	return crio, AwaitCRIO(crio, socket, answers)
}

// AwaitCRIO waits until CRI-O answers. The process is nil if another program has started it.
func AwaitCRIO(crio *Process, socket string, answers func() bool) error {
	return Await("CRI-O answers", Patience, func() (bool, error) {
		if crio != nil && crio.Await(0) {
			return false, errors.New("CRI-O has ended")
		}
		if _, err := os.Stat(socket); err != nil {
			return false, nil //nolint:nilerr // not yet
		}
		return answers(), nil
	})
}

// CRIOLog is the file to which CRI-O writes.
func (m *Machine) CRIOLog() string { return filepath.Join(m.Dir, "crio.log") }

func (m *Machine) pidFile() string { return filepath.Join(m.Dir, "crio.pid") }

// SignalCRIO sends a signal such as KILL to CRI-O. Containers go on.
func (m *Machine) SignalCRIO(signal string) error {
	out, err := m.Command(context.Background(), "sh", "-c", `kill -`+signal+` "$(cat "$0")"`, m.pidFile()).CombinedOutput()
	if err != nil {
		return fmt.Errorf("kill -%s: %w: %s", signal, err, out)
	}
	return nil
}
