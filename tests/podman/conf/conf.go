// Package conf has configuration files of podman for tests and benchmarks. They keep
// podman away from the machine's own configuration, and from things that it may lack: IPv6, a network,
// seccomp profiles, a journal, rights to raise limits.
package conf

import (
	_ "embed"
	"fmt"
)

//go:embed containers.conf
var machine string

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
