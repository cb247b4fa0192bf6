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

	"github.com/composefs-storage/composefs-storage/config"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

const (
	etc  = "/etc/containers/storage.conf"
	usr  = "/usr/share/containers/storage.conf"
	xdg  = "/xdg/containers/storage.conf"
	home = "/home/u/.config/containers/storage.conf"
	own  = "/own.conf"
	last = "/last.conf"
)

// contents of files that are none.
const (
	directory = "a directory"
	lostLink  = "a link to nothing"
	secret    = "a file that only root can read"
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
		{env: map[string]string{"CONTAINERS_STORAGE_CONF": ""}, files: map[string]string{etc: "[storage]\ngraphroot = '/g'"}},
	}
	random := uint64(150)
	if config.Upstream == config.DropIns {
		cases, random = append(cases, faultyDropIns...), 2*random
	}
	for seed := range random {
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
			if m.user && r.Options.Driver == "" && config.Upstream == config.OneFile {
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

// TestSample has the sample drop-in and no other file: containers/storage 1.63 and newer make its
// driver use composefs.
func TestSample(t *testing.T) {
	needs.Root(t)
	sample, err := os.ReadFile("../../docs/50-composefs.conf")
	if err != nil {
		t.Fatal(err)
	}
	r := machine{files: map[string]string{"/usr/share/containers/storage.conf.d/50-composefs.conf": string(sample)}}.run(t)
	want := config.Upstream == config.DropIns
	up := slices.Contains(r.Upstream.GraphDriverOptions, "overlay.use_composefs=true") && r.Upstream.PullOptions["convert_images"] == "true"
	if r.Err != "" || r.UpstreamErr != "" || up != want || r.Options.Decide(false).Active() != want {
		t.Errorf("%+v, want composefs %v", r, want)
	}
}

// faultyDropIns are machines with drop-ins, of which containers/storage up to 1.62 reads none. It
// ignores a main file that cannot be read.
var faultyDropIns = []machine{
	{env: map[string]string{"CONTAINERS_STORAGE_CONF": ""}, files: map[string]string{etc: "[storage]\ngraphroot = '/g'"}},
	{env: map[string]string{"CONTAINERS_STORAGE_CONF_OVERRIDE": ""}},
	{env: map[string]string{"CONTAINERS_STORAGE_CONF_OVERRIDE": "/none"}},
	{env: map[string]string{"CONTAINERS_STORAGE_CONF": "/none"}},
	{files: map[string]string{etc: directory}},
	{files: map[string]string{etc: lostLink, usr: "[storage]\ngraphroot = '/g'"}},
	{files: map[string]string{etc: secret, usr: "[storage]\ngraphroot = '/g'"}, user: true},
	{files: map[string]string{etc + ".d": "not a directory"}},
	{files: map[string]string{etc + ".d/a.conf": directory}},
	{files: map[string]string{etc + ".d/a.conf": lostLink, usr + ".d/a.conf": "[storage]\ngraphroot = '/g'"}},
	{files: map[string]string{etc + ".d/a.conf": secret}, user: true},
	{files: map[string]string{usr + ".d/a.conf": "[storage]\ngraphroot = '/g'", etc + ".d/a.conf": directory}},
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
	m.addDropIns(r)
	for _, v := range [][]string{
		{"XDG_CONFIG_HOME", "/xdg", "/xdg", ""},
		{"CONTAINERS_STORAGE_CONF", own, etc},
		{"CONTAINERS_STORAGE_CONF_OVERRIDE", last, own},
		{"STORAGE_DRIVER", "overlay", "vfs", "overlay2", ""},
		{"STORAGE_OPTS", "overlay.use_composefs=1", "overlay.imagestore=/x,.imagestore=/y", ""},
	} {
		if some() {
			m.env[v[0]] = v[1+r.IntN(len(v)-1)]
		}
	}
	return m
}

// addDropIns adds files to the directories in which drop-ins may be, and to others.
func (m machine) addDropIns(r *rand.Rand) {
	m.files[last] = dropIn(r, 99)
	for i, main := range []string{etc, usr, xdg, home} {
		for j, dir := range []string{".conf.d", ".rootful.conf.d", ".rootless.conf.d", ".rootless.conf.d/1000", ".rootless.conf.d/0"} {
			for k, name := range []string{"10-a.conf", "50-b.conf", "90-c.conf", "60-x.toml"} {
				if r.IntN(9) == 0 {
					m.files[strings.TrimSuffix(main, ".conf")+dir+"/"+name] = dropIn(r, 100*i+10*j+k)
				}
			}
		}
	}
}

// dropIn returns some keys, with values of their own. Few texts are wrong.
func dropIn(r *rand.Rand, i int) string {
	switch r.IntN(60) {
	case 0:
		return []string{"[storage", "[storage]\ndriver = 1", "[storage.options]\nadditionalimagestores = [{add = true}]"}[r.IntN(3)]
	case 1:
		return []string{lostLink, directory}[r.IntN(2)]
	}
	var b strings.Builder
	line := func(key string, values ...string) {
		if r.IntN(3) == 0 {
			fmt.Fprintf(&b, "%s = %s\n", anyCase(r, key), strings.ReplaceAll(values[r.IntN(len(values))], "N", fmt.Sprint(i)))
		}
	}
	b.WriteString("[storage]\n")
	line("driver", `"overlay"`, `"overlay"`, `"overlay2"`, `"vfs"`, `""`)
	line("graphroot", `"/gN"`, `"/$UID/gN"`, `""`)
	line("runroot", `"/rN"`, `""`)
	line("imagestore", `"/iN"`, `""`)
	line("rootless_storage_path", `"/uN"`, `""`)
	b.WriteString("[storage.options]\n")
	for _, key := range []string{"additionalimagestores", "additionallayerstores"} {
		line(key, `["/sN"]`, `["/sN", "/t", {append = true}]`, `[{append = true}]`, `[{append = false}, "/sN"]`, `[{}, "/sN"]`, `[]`)
	}
	line("mount_program", `"/mN"`, `""`)
	line("force_mask", `0o700`, `0`)
	line("size", `"1G"`, `"0"`, `""`)
	line("pull_options", `{convert_images = "true", enable_partial_images = "true"}`, `{convert_images = ""}`, `{ostree_repos = "/oN"}`, `{}`)
	b.WriteString("[storage.options.overlay]\n")
	line("use_composefs", `"true"`, `"false"`, `""`)
	line("mount_program", `"/mN"`, `""`)
	line("ignore_chown_errors", `"true"`, `"false"`)
	line("inodes", `"10"`, `"0"`)
	line("sync", `"filesystem"`, `"none"`)
	return b.String()
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
		if err := write(name, content); err != nil {
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

// write makes a file, or what its content stands for.
func write(name, content string) error {
	switch content {
	case directory:
		return os.Mkdir(name, 0o755)
	case lostLink:
		return os.Symlink("/nothing", name)
	case secret:
		return os.WriteFile(name, nil, 0o600)
	}
	return os.WriteFile(name, []byte(content), 0o644)
}
