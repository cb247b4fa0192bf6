package tests

import (
	"strings"
	"testing"
)

// TestCRIToolsOffline checks that the error names the module that cannot be downloaded, and the next step.
func TestCRIToolsOffline(t *testing.T) {
	s := newScripts(t, "hack/cri-tools/programs.sh hack/cri-tools/go.mod", "dirname head mkdir readlink rm sed", map[string]string{"path/go": `
		case $1 in env) echo https://proxy.example.org ;; *) echo '{"Error": "no such host"}'; exit 1 ;; esac`})
	out, code := s.run(t, nil, "hack/cri-tools/programs.sh", s.path("bin"))
	want := "error: sigs.k8s.io/cri-tools v1.34.0 cannot be downloaded\nhint: it comes from https://proxy.example.org: check the network\n"
	if code != 1 || !strings.HasSuffix(out, want) {
		t.Errorf("exit code %d, and it prints %q, want %q", code, out, want)
	}
}

// TestKubernetesOffline does the same for the programs of Kubernetes.
func TestKubernetesOffline(t *testing.T) {
	s := newScripts(t, "hack/kubernetes/programs.sh hack/kubernetes/go.mod", "dirname mkdir readlink sed", map[string]string{"path/go": `
		case $1 in env) echo https://proxy.example.org ;; *) exit 1 ;; esac`})
	out, code := s.run(t, nil, "hack/kubernetes/programs.sh", s.path("bin"))
	want := "error: Kubernetes v1.34.4 cannot be built\nhint: its modules come from https://proxy.example.org: check the network\n"
	if code != 1 || out != want {
		t.Errorf("exit code %d, and it prints %q, want %q", code, out, want)
	}
}
