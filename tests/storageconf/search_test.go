//go:build linux

package storageconf_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/needs"
)

const (
	etc  = "/etc/containers/storage.conf"
	usr  = "/usr/share/containers/storage.conf"
	xdg  = "/xdg/containers/storage.conf"
	home = "/home/u/.config/containers/storage.conf"
	own  = "/own.conf"
)

// machine is a root directory's files, and a process in it.
type machine struct {
	files map[string]string
	env   map[string]string
	user  bool // not root
}

// TestSearch has containers/storage and package config find their files in the same
// small machine, each case in a process of its own, as containers/storage keeps what
// it has found.
func TestSearch(t *testing.T) {
	needs.Root(t)
	cases := []machine{
		{},
		{user: true},
		{env: map[string]string{"STORAGE_DRIVER": "vfs", "STORAGE_OPTS": "overlay.use_composefs=true"}},
		{env: map[string]string{"STORAGE_DRIVER": "vfs", "STORAGE_OPTS": "overlay.use_composefs=true"}, user: true},
		{files: map[string]string{etc: "[storage]\nrootless_storage_path = '/u/$UID'"}},
		{files: map[string]string{etc: "[storage]\nrootless_storage_path = '/u/$UID'"}, user: true},
		{files: map[string]string{etc: "[storage]\ngraphroot = '$HOME/../g'\nrunroot = '/lib64/${HOME}$UID'"}},
		{files: map[string]string{etc: "[storage]\ngraphroot = '/g'\nimagestore = '/g'"}},
		{files: map[string]string{etc: "[storage"}},
		{env: map[string]string{"CONTAINERS_STORAGE_CONF": ""}},
	}
	for seed := range uint64(150) {
		cases = append(cases, randomMachine(rand.New(rand.NewPCG(seed, 0))))
	}
	failed := 0
	for _, m := range cases {
		r := m.run(t)
		if r.UpstreamErr != "" {
			failed++
		}
		switch {
		case (r.UpstreamErr != "") != (r.Err != ""):
			t.Errorf("%s\nupstream: %q, config: %q", m, r.UpstreamErr, r.Err)
		case r.Err == "":
			if m.user && r.Options.Driver == "" {
				r.Options.Driver = r.Upstream.GraphDriverName // upstream looks for existing drivers
			}
			if r.Options.RunRoot == "" && m.user {
				r.Options.RunRoot = r.Upstream.RunRoot
			}
			if d := diff(&r.Upstream, &r.Options); d != "" {
				t.Errorf("%s\n%s", m, d)
			}
		}
	}
	if failed == 0 || failed > len(cases)/2 {
		t.Errorf("upstream refuses %d of %d machines", failed, len(cases))
	}
}

// randomMachine has any of the files; each has all keys that another could have.
func randomMachine(r *rand.Rand) machine {
	m := machine{files: make(map[string]string), env: make(map[string]string), user: r.IntN(2) == 0}
	some := func() bool { return r.IntN(5) < 2 }
	for i, file := range []string{etc, usr, xdg, home, own} {
		if some() {
			m.files[file] = fmt.Sprintf(`[storage]
driver = %q
graphroot = "/g%[2]d"
runroot = "/r%[2]d"
imagestore = "/i%[2]d"
[storage.options]
additionalimagestores = ["/s%[2]d"]
pull_options = {convert_images = %q, ostree_repos = "/o%[2]d"}
[storage.options.overlay]
use_composefs = "true"
`, []string{"overlay", "overlay", "overlay2", "vfs", "zfs"}[r.IntN(5)], i, []string{"true", "false"}[r.IntN(2)])
		}
	}
	for _, v := range [][]string{
		{"XDG_CONFIG_HOME", "/xdg", "/xdg", ""},
		{"CONTAINERS_STORAGE_CONF", own, etc},
		{"STORAGE_DRIVER", "overlay", "vfs", "overlay2", ""},
		{"STORAGE_OPTS", "overlay.use_composefs=1", "overlay.imagestore=/x,.imagestore=/y", ""},
	} {
		if some() {
			m.env[v[0]] = v[1+r.IntN(len(v)-1)]
		}
	}
	return m
}

func (m machine) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "user %v, env %q", m.user, m.env)
	for _, name := range slices.Sorted(maps.Keys(m.files)) {
		fmt.Fprintf(&b, "\n%s:\n%s", name, m.files[name])
	}
	return b.String()
}

// run starts this program in the machine; see TestMain.
func (m machine) run(t *testing.T) report {
	t.Helper()
	root := t.TempDir()
	for name, content := range m.files {
		name = filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = []string{"HOME=/home/u", machineEnv + "=" + root}
	if m.user {
		cmd.Env = append(cmd.Env, userEnv+"=1", "XDG_RUNTIME_DIR=/run/user")
		if err := makeUserDirs(root); err != nil {
			t.Fatal(err)
		}
	}
	for key, value := range m.env {
		cmd.Env = append(cmd.Env, key+"="+value)
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s\n%v\n%s", m, err, stderr.Bytes())
	}
	var r report
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return r
}
