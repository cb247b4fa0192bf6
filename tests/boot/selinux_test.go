//go:build boot

package boot_test

import (
	"strings"
	"testing"
)

// TestSELinux boots a host whose image has a policy, on a kernel that loads it. The programs of the policy judge the labels
// of all files: those of the image, and those of /etc and /var, which composefs-boot copies. The second boot is enforcing.
func TestSELinux(t *testing.T) {
	h := newHost(t, kind{base: *policy, options: " security=selinux"})
	h.seal()
	r := h.boot(true)
	r.check("1")
	r.checkLabels()
	r.run("restorecon -R /var/lib/containers") // podman's store was made by a host without SELinux
	r.off()

	r = h.boot(true, func(options string) string { return options + " enforcing=1" })
	r.check("1")
	if mode := r.run("getenforce"); mode != "Enforcing" {
		t.Errorf("SELinux is %s", mode)
	}
	if denied := r.run(`dmesg | grep 'avc:  denied' | grep -v 'dev="tmpfs"' || :`); denied != "" {
		t.Errorf("denied: %s", denied)
	}
	r.run(confined)
	h.step("a confined container")
	r.off()
}

// checkLabels checks the labels of all files of the host.
func (r running) checkLabels() {
	r.Helper()
	for path, want := range map[string]string{
		"/usr/bin/passwd": "system_u:object_r:passwd_exec_t:s0", "/etc/shadow": "system_u:object_r:shadow_t:s0",
		"/var/log": "system_u:object_r:var_log_t:s0", "/etc/changed.conf": "system_u:object_r:etc_t:s0",
	} {
		if got := r.run("stat -c %C " + path); got != want {
			r.Errorf("%s has label %s, want %s", path, got, want)
		}
	}
	wrong := r.run("touch /etc/other; chcon -t tmp_t /etc/other; restorecon -n -v -R -e /var/lib/containers /usr /etc /var")
	if want := "Would relabel /etc/other from"; !strings.HasPrefix(wrong, want) || strings.Count(wrong, "\n") > 0 {
		r.Errorf("restorecon: %s", wrong)
	}
}

// confined runs a container that is confined, and pulls an image, by a podman that is not: Debian's policy
// does not let its podman_t read files without labels.
const confined = `
podman run --rm --network none $(podman images -q | cat) true 2>&1 | grep -q 'create /etc: permission denied'
cp /usr/bin/podman /var/lib/unconfined; chcon -t bin_t /var/lib/unconfined
podman=/var/lib/unconfined
run() { $podman run --rm --network none --ulimit nofile=1024:1024 "$@"; }
id=$($podman images -q)
run $id sh -c 'grep -q :container_t: /proc/self/attr/current && grep -q . /usr/bin/factor && echo >/tmp/new'
! run $id sh -c 'echo >/proc/sys/kernel/core_pattern'
mount -o ro /dev/vdb /mnt
next=$($podman pull -q oci:/mnt:2)
[ "$next" != "$id" ]
run $next grep -q 2 /usr/lib/boot-test/version
! find /var/lib/containers/storage/overlay/*/diff /var/lib/containers/storage/overlay-composefs/objects -context '*unlabeled_t*' | grep .
`
