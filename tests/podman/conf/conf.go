// Package conf has configuration files of podman for tests and benchmarks. They keep
// podman away from the machine's own configuration, and from things that it may lack: IPv6, a network,
// seccomp profiles, a journal, rights to raise limits.
package conf

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
)

//go:embed containers.conf
var machine string

// Files are the configuration files of a podman, apart from registries.conf. An empty composefs.conf keeps
// away the one of the machine.
type Files struct{ Containers, Storage, Composefs string }

// Write writes the files and [Registries] into a directory, and returns the environment of a podman that
// reads them and has home as its home, in which a directory tmp is for temporary files. PATH is missing.
func (f Files) Write(dir, home string) (env []string, err error) {
	env = []string{"HOME=" + home, "TMPDIR=" + filepath.Join(home, "tmp"), "LC_ALL=C", "PODMAN_IGNORE_CGROUPSV1_WARNING=1"}
	for _, file := range []struct{ variable, name, text string }{
		{"CONTAINERS_CONF", "containers.conf", f.Containers},
		{"CONTAINERS_STORAGE_CONF", "storage.conf", f.Storage},
		{"CONTAINERS_COMPOSEFS_CONF", "composefs.conf", f.Composefs},
		{"CONTAINERS_REGISTRIES_CONF", "registries.conf", Registries},
	} {
		path := filepath.Join(dir, file.name)
		if err := os.WriteFile(path, []byte(file.text), 0o600); err != nil {
			return nil, err
		}
		env = append(env, file.variable+"="+path)
	}
	return env, nil
}

// Containers returns containers.conf, with the directories for podman's temporary files
// and for its networks.
func Containers(tmp, networks string) string {
	return machine + fmt.Sprintf(`containers.netns = "none"
engine.events_logger = "none"
engine.lock_type = "file"
engine.tmp_dir = %q
network.network_config_dir = %q
`, tmp, networks)
}

// Registries is a registries.conf by which those on loopback need no TLS.
const Registries = `unqualified-search-registries = []
[[registry]]
location = "127.0.0.1"
insecure = true
`
