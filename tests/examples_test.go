package tests

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/driver/trust/policy"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// manifest is a part of what Kubernetes reads.
type manifest struct {
	Kind     string
	Metadata struct{ Name string }
	Data     map[string]string
	Spec     struct {
		Template struct {
			Spec struct {
				Containers []struct {
					Command, Args []string
					VolumeMounts  []struct{ Name, MountPath string }
				}
				Volumes []struct {
					Name      string
					ConfigMap struct{ Name string }
					HostPath  struct{ Path string }
				}
			}
		}
	}
}

// manifests has Python read a file of YAML.
func manifests(t *testing.T, file string) (list []manifest) {
	t.Helper()
	python := needs.Program(t, "python3", "python3")
	needs.File(t, "/usr/lib/python3/dist-packages/yaml", "python3-yaml")
	cmd := exec.Command(python, "-c", "import json, sys; sys.path.append('/usr/lib/python3/dist-packages'); import yaml; json.dump(list(yaml.safe_load_all(sys.stdin)), sys.stdout)")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdin = strings.NewReader(string(text))
	out, err := cmd.Output()
	if err == nil {
		err = json.Unmarshal(out, &list)
	}
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return list
}

// TestDigestPolicyExample reads the DaemonSet of docs/examples, and runs its script through rotations of the policy.
func TestDigestPolicyExample(t *testing.T) {
	list := manifests(t, "../docs/examples/digest-policy.yaml")
	if len(list) != 2 || list[0].Kind != "ConfigMap" || list[1].Kind != "DaemonSet" {
		t.Fatalf("these kinds: %v", list)
	}
	for name, text := range list[0].Data {
		if _, err := policy.Parse(name, []byte(text)); err != nil {
			t.Error(err)
		}
	}
	pod := list[1].Spec.Template.Spec
	if pod.Volumes[0].ConfigMap.Name != list[0].Metadata.Name || pod.Volumes[1].HostPath.Path != "/etc/containers/composefs-digests.d" {
		t.Errorf("the volumes are %v", pod.Volumes)
	}
	from, to := t.TempDir(), t.TempDir()
	script := pod.Containers[0].Args[0]
	for i, dir := range []string{from, to} {
		m := pod.Containers[0].VolumeMounts[i]
		if m.Name != pod.Volumes[i].Name || strings.Count(script, "="+m.MountPath) != 1 {
			t.Errorf("the script does not use %v", m)
		}
		script = strings.Replace(script, "="+m.MountPath, "="+dir, 1)
	}
	script = strings.Replace(script, "sleep 10 & wait $!", "exit", 1)
	own := filepath.Join(to, "own.toml")
	if err := os.WriteFile(own, []byte("own"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ policy, want, says string }{
		{"", "own.toml", ""},
		{"a=1", "kubernetes-a.toml=1 own.toml", "installed kubernetes-a.toml\n"},
		{"a=1", "kubernetes-a.toml=1 own.toml", ""},
		{"a=2 b=3", "kubernetes-a.toml=2 kubernetes-b.toml=3 own.toml", "installed kubernetes-a.toml\ninstalled kubernetes-b.toml\n"},
		{"b=3", "kubernetes-b.toml=3 own.toml", "removed kubernetes-a.toml\n"},
	} {
		old, _ := filepath.Glob(filepath.Join(from, "*"))
		for _, file := range old {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		}
		for file := range strings.FieldsSeq(c.policy) {
			name, text, _ := strings.Cut(file, "=")
			if err := os.WriteFile(filepath.Join(from, name+".toml"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		out, err := exec.Command(pod.Containers[0].Command[0], append(pod.Containers[0].Command[1:], script)...).CombinedOutput()
		if err != nil || string(out) != c.says {
			t.Errorf("%q: %v, it prints %q, want %q", c.policy, err, out, c.says)
		}
		var got []string
		files, err := os.ReadDir(to)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			text, err := os.ReadFile(filepath.Join(to, f.Name()))
			if err != nil {
				t.Fatal(err)
			}
			if f.Name() != "own.toml" {
				text = append([]byte("="), text...)
			} else {
				text = nil
			}
			got = append(got, f.Name()+string(text))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%q: the node has %q, want %q", c.policy, got, c.want)
		}
	}
}
