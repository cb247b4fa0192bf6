// Package conf has configuration files of podman for tests and benchmarks. They keep
// podman away from what the machine has, and from what it may not have: IPv6, a network,
// seccomp profiles, a journal, rights to raise limits.
package conf

import "fmt"

// Containers returns containers.conf, with the directories for podman's temporary files
// and for its networks.
func Containers(tmp, networks string) string {
	return fmt.Sprintf(`[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
netns = "none"
log_driver = "k8s-file"
seccomp_profile = "unconfined"
apparmor_profile = "unconfined"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "none"
lock_type = "file"
tmp_dir = %q
helper_binaries_dir = ["/usr/lib/podman", "/usr/libexec/podman"]
[network]
network_config_dir = %q
`, tmp, networks)
}

// Registries is a registries.conf by which those on loopback need no TLS.
const Registries = `unqualified-search-registries = []
[[registry]]
location = "127.0.0.1"
insecure = true
`
