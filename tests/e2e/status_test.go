//go:build linux

package e2e_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/config"
	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/oldkernel"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// configuration is a way to configure podman, and the result in a fresh podman.
type configuration struct {
	name    string
	opts    podman.Options
	conf    string            // storage.conf after graphroot and runroot, if not the usual one
	dropIns map[string]string // of a storage.conf with graphroot and runroot, by name
	fs      string            // of the store, if not the usual one
	release *oldkernel.Release
	filled  bool   // the store has composefs layers already
	want    string // on, off, or refuses: podman does not start; "" depends on the machine
}

const (
	inStorage = "driver = \"overlay\"\n"
	inPull    = "[storage.options.pull_options]\nenable_partial_images = \"true\"\nconvert_images = \"true\"\n"
	inDriver  = "[storage.options.overlay]\nuse_composefs = \"true\"\n"
)

// configurations are those that users have by intent or mistake.
func configurations() []configuration {
	overlay := func(key, value string) podman.Options {
		return podman.Options{Overlay: map[string]string{key: value}}
	}
	pull := func(key, value string) podman.Options {
		return podman.Options{Pull: map[string]string{key: value}}
	}
	env := func(variable string) podman.Options { return podman.Options{Env: []string{variable}} }
	require := podman.Options{Composefs: `verity = "require"`}
	old := oldkernel.Linux6_4
	drops, off := dropInsCount(), "[storage.options.overlay]\nuse_composefs = \"false\"\n"
	return []configuration{
		{name: "usual", want: "on"},
		{name: "whole file", conf: inStorage + inDriver + inPull, want: "on"},
		{name: "overlay2", conf: "driver = \"overlay2\"\n" + inDriver + inPull, want: "on"},
		{name: "inline tables", conf: inStorage + "options = {overlay = {use_composefs = \"1\"}, pull_options = {convert_images = \"TRUE\"}}\n", want: "on"},
		{name: "complete pulls", opts: pull("enable_partial_images", "false"), want: "on"},
		{name: "no use_composefs", opts: overlay("use_composefs", ""), want: "off"},
		{name: "no convert_images", opts: pull("convert_images", ""), want: "off"},
		{name: "convert_images 1", opts: pull("convert_images", "1"), want: "off"},
		{name: "misspelt use_composef", conf: inStorage + "[storage.options.overlay]\nuse_composef = \"true\"\n" + inPull, want: "off"},
		{name: "misspelt convert_image", conf: inStorage + inDriver + "[storage.options.pull_options]\nconvert_image = \"true\"\n", want: "off"},
		{name: "wrong table", conf: inStorage + "[storage.options]\nuse_composefs = \"true\"\n" + inPull, want: "off"},
		{name: "no string", conf: inStorage + "[storage.options.overlay]\nuse_composefs = true\n" + inPull, want: "refuses"},
		{name: "no boolean", opts: overlay("use_composefs", "yes"), want: "refuses"},
		{name: "no TOML", conf: inStorage + "graphroot\n", want: "refuses"},
		{name: "no driver", conf: inDriver + inPull, want: drops},
		{name: "sample drop-in", dropIns: map[string]string{sampleDropIn: ""}, want: drops},
		{name: "drop-in after the sample", dropIns: map[string]string{sampleDropIn: "", "60-local.conf": off}, want: "off"},
		{name: "vfs", opts: env("STORAGE_DRIVER=vfs"), want: "off"},
		{name: "STORAGE_OPTS", opts: env("STORAGE_OPTS=overlay.mountopt=nodev"), want: "off"},
		{name: "STORAGE_OPTS with the switch", opts: env("STORAGE_OPTS=overlay.use_composefs=true"), want: "on"},
		{name: "ignore_chown_errors", opts: overlay("ignore_chown_errors", "true"), want: "off"},
		{name: "ignore_chown_errors and require", opts: podman.Options{Overlay: map[string]string{"ignore_chown_errors": "true"}, Composefs: `verity = "require"`}, want: "refuses"},
		{name: "switches unset, filled", conf: inStorage, filled: true, want: "on"},
		{name: "switch off, filled", opts: overlay("use_composefs", "false"), filled: true, want: "off"},
		{name: "no mount program", opts: overlay("mount_program", "/nonexistent/program"), want: "refuses"},
		{name: "no layer store", conf: inStorage + "[storage.options]\nadditionallayerstores = [\"/nonexistent\"]\n" + inDriver + inPull, want: "refuses"},
		{name: "sizes on ext4", opts: overlay("size", "10G"), fs: "ext4", want: "refuses"},
		{name: "sizes in STORAGE_OPTS", opts: env("STORAGE_OPTS=overlay.use_composefs=true,overlay.size=much"), want: "refuses"},
		{name: "unknown option", opts: env("STORAGE_OPTS=overlay.use_composefs=true,overlay.use_composef=true"), want: "refuses"},
		{name: "no image store", opts: podman.Options{Additional: []string{"/nonexistent/store"}}, want: "refuses"},
		{name: "wrong key in composefs.conf", opts: podman.Options{Composefs: `verify = "try"`}, want: "refuses"},
		{name: "digests_dir missing", opts: podman.Options{Composefs: `digests_dir = "/nonexistent"`}, want: "on"},
		{name: "require", opts: require},
		{name: "require on ext4", opts: require, fs: "ext4"},
		{name: "require on tmpfs", opts: require, fs: "tmpfs", want: "refuses"},
		{name: "tmpfs", fs: "tmpfs", want: "on"},
		{name: "overlayfs", fs: "overlay", want: "refuses"},
		{name: "old kernel", release: &old, want: "off"},
		{name: "old kernel and require", opts: require, release: &old, want: "refuses"},
	}
}

// TestStatus has status foretell for each configuration what podman then does: whether
// it starts, and whether a pull makes composefs layers. Status is asked before podman
// has made the store, and again afterwards.
func TestStatus(t *testing.T) {
	file := layout(t, podman.Layer(layertest.File("f", "first")))
	other := layout(t, podman.Layer(layertest.File("f", "other")))
	for _, c := range configurations() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := c.podman(t)
			if c.filled {
				p.Store.Podman(t, podman.Ours, podman.Options{}).Run("pull", "-q", "oci:"+other)
			}
			before := foretold(t, p, c.opts.Kernel)
			got := doesPodman(t, p, file)
			if c.want != "" && got != c.want {
				t.Fatalf("podman: %s, want %s", got, c.want)
			}
			if before != got {
				t.Errorf("status: %s, and then podman: %s", before, got)
			}
			if after := foretold(t, p, c.opts.Kernel); after != got {
				t.Errorf("podman: %s, and then status: %s", got, after)
			}
		})
	}
}

// podman returns ours with the configuration and an empty store.
func (c *configuration) podman(t *testing.T) *podman.Podman {
	t.Helper()
	if c.release != nil {
		c.opts.Kernel = oldkernel.New(t, *c.release) // which must last longer than the store
	}
	var s *podman.Store
	if c.fs == "" {
		s = podman.NewStore(t)
	} else {
		s = podman.NewStoreOn(t, c.fs)
	}
	if c.dropIns != nil {
		c.opts.Env = append(c.opts.Env, c.writeDropIns(t, s)...)
	}
	if c.conf != "" {
		conf := filepath.Join(s.Dir, "storage.conf")
		text := fmt.Sprintf("[storage]\ngraphroot = %q\nrunroot = %q\n%s", s.Root, s.RunRoot, c.conf)
		must(t, os.WriteFile(conf, []byte(text), 0o600))
		c.opts.Env = append(c.opts.Env, "CONTAINERS_STORAGE_CONF="+conf)
	}
	p := s.Podman(t, podman.Ours, c.opts)
	s.Podman(t, podman.Plain, podman.Options{}) // which tidies up if ours does not start
	if c.fs == "overlay" {
		t.Cleanup(func() { // see TestOnOverlay
			if err := errors.Join(unix.Unmount(s.Root, 0), os.RemoveAll(s.RunRoot)); err != nil {
				t.Error(err)
			}
		})
	}
	return p
}

// sampleDropIn is the name of the sample in docs.
const sampleDropIn = "50-composefs.conf"

// dropInsCount returns the result of a configuration by drop-ins: on since containers/storage 1.63.
func dropInsCount() string {
	if config.Upstream == config.DropIns {
		return "on"
	}
	return "off"
}

// writeDropIns makes a user's directory of configuration files, and returns the environment that leads
// to it.
func (c *configuration) writeDropIns(t *testing.T, s *podman.Store) []string {
	t.Helper()
	dir := filepath.Join(s.Dir, "xdg", "containers")
	must(t, os.MkdirAll(filepath.Join(dir, "storage.conf.d"), 0o700))
	main := filepath.Join(dir, "storage.conf")
	must(t, os.WriteFile(main, fmt.Appendf(nil, "[storage]\ngraphroot = %q\nrunroot = %q\n", s.Root, s.RunRoot), 0o600))
	for name, text := range c.dropIns {
		data := []byte(text)
		if name == sampleDropIn {
			sample, err := os.ReadFile(filepath.Join("../../docs", name))
			must(t, err)
			data = sample
		}
		must(t, os.WriteFile(filepath.Join(dir, "storage.conf.d", name), data, 0o600))
	}
	if config.Upstream == config.DropIns {
		main = "" // which would turn drop-ins off
	}
	return []string{"XDG_CONFIG_HOME=" + filepath.Dir(dir), "CONTAINERS_STORAGE_CONF=" + main}
}

// foretold returns the prediction of status: on, off, or refuses.
func foretold(t *testing.T, p *podman.Podman, kernel *oldkernel.Kernel) string {
	t.Helper()
	cmd := tool(t, p, "status", "--json")
	if kernel != nil {
		args := kernel.Command(cmd.Args...)
		env := cmd.Env
		cmd = exec.CommandContext(t.Context(), args[0], args[1:]...)
		cmd.Env = env
	}
	out, err := cmd.Output()
	if err != nil {
		t.Logf("status: %v", err)
		return "refuses"
	}
	var said struct{ Active, Starts bool }
	must(t, json.Unmarshal(out, &said))
	switch {
	case said.Active && !said.Starts:
		t.Errorf("composefs is active although podman does not start: %s", out)
		return "on"
	case !said.Starts:
		return "refuses"
	case said.Active:
		return "on"
	}
	return "off"
}

// doesPodman has podman pull an image, and returns the same words.
func doesPodman(t *testing.T, p *podman.Podman, dir string) string {
	t.Helper()
	if _, err := p.Try("images"); err != nil {
		t.Logf("podman: %v", err)
		return "refuses"
	}
	const blobs = "overlay/*/composefs-data/composefs.blob"
	before := len(glob(t, p.Store.Root, blobs))
	if _, err := p.Try("pull", "-q", "oci:"+dir); err != nil {
		t.Fatal(err)
	}
	if len(glob(t, p.Store.Root, blobs)) > before {
		return "on"
	}
	return "off"
}

// TestStatusWrongValues has several wrong values at once: status names each with its line, and no
// other. podman refuses each alone, and starts without them.
func TestStatusWrongValues(t *testing.T) {
	t.Parallel()
	s := podman.NewStore(t)
	conf := filepath.Join(s.Dir, "wrong.conf")
	p := s.Podman(t, podman.Ours, podman.Options{Env: []string{"CONTAINERS_STORAGE_CONF=" + conf}})
	stock := p.As(podman.Plain)
	lines := []string{ // with ! before the wrong ones
		"[storage]", `driver = "overlay"`, fmt.Sprintf("graphroot = %q", s.Root), fmt.Sprintf("runroot = %q", s.RunRoot),
		`!transient_store = "true"`,
		"[storage.options]",
		"!additionallayerstores = false",
		`!skip_mount_home = "no"`,
		map[config.Rules]string{config.OneFile: "!force_mask = 0o700", config.DropIns: "force_mask = 0"}[config.Upstream],
		"[storage.options.overlay]",
		"!mountopt = true",
		`!size = "much"`,
		`!inodes = "-1"`,
		`!ignore_chown_errors = "maybe"`,
		`!use_composefs = "yes"`,
		"[storage.options.pull_options]",
		"!convert_images = true",
	}
	wrong := func(line string) bool { return line[0] == '!' }
	write := func(keep int) { // -1: all wrong values, -2: none
		var text string
		for i, line := range lines {
			if wrong(line) && keep != i && keep != -1 {
				line = "#"
			}
			text += strings.TrimPrefix(line, "!") + "\n"
		}
		must(t, os.WriteFile(conf, []byte(text), 0o600))
	}
	write(-1)
	out, err := tool(t, p, "status").CombinedOutput()
	if err == nil {
		t.Errorf("status accepts the file: %s", out)
	}
	for i, line := range lines {
		if named := strings.Contains(string(out), fmt.Sprintf("\nerror: %s:%d: ", conf, i+1)) || strings.HasPrefix(string(out), fmt.Sprintf("error: %s:%d: ", conf, i+1)); named != wrong(line) {
			t.Errorf("line %d, %s: named: %v\n%s", i+1, line, named, out)
		}
		if !wrong(line) {
			continue
		}
		write(i)
		if _, err := p.Try("images"); err == nil {
			t.Errorf("podman accepts %s", line)
		}
		if _, err := stock.Try("images"); err == nil {
			t.Errorf("stock podman accepts %s", line)
		}
	}
	write(-2)
	p.Run("images")
	runTool(t, p, "status")
}

// TestUnwritableStore has a store on a file system that is mounted read-only: podman does not
// start, status reports it, and convert names the store and not a directory of its own.
func TestUnwritableStore(t *testing.T) {
	t.Parallel()
	s := podman.NewSmallStore(t, 32<<20)
	p := s.Podman(t, podman.Plain, podman.Options{})
	pull(t, p)
	s.Remount(t, true)
	t.Cleanup(func() { s.Remount(t, false) })
	ours := p.As(podman.Ours)
	if got := doesPodman(t, ours, ""); got != "refuses" {
		t.Errorf("podman: %s", got)
	}
	if got := foretold(t, ours, nil); got != "refuses" {
		t.Errorf("status: %s", got)
	}
	want := "store " + s.Root + " cannot be written to: read-only file system"
	for _, args := range [][]string{{"status"}, {"convert", "--all"}} {
		out, err := tool(t, ours, args...).CombinedOutput()
		if said := string(out); !strings.Contains(said, want) || !strings.Contains(said, "hint: mount its file system read-write") || strings.Contains(said, "probe") {
			t.Errorf("%q: %v: %s", args, err, said)
		}
	}
}
