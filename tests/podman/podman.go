//go:build linux

package podman

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/tests/messages"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// Podman is a way to use a store.
type Podman struct {
	Kind  Kind
	Store *Store

	t       testing.TB
	opts    Options
	name    string // what errors call the program
	program string
	flags   []string // before all others
	conf    string   // the directory of its configuration files
	bin     string   // the directory of its programs, without root
	env     []string
}

// ours reports whether the programs are those with our driver.
func (p *Podman) ours() bool { return p.Kind == Ours || p.Kind == OursOff }

// New returns a podman with a fresh store. Both last as long as the test.
func New(t testing.TB, kind Kind) *Podman {
	t.Helper()
	return NewStore(t).Podman(t, kind, Options{})
}

// Podman returns a way to use the store, and ends a test that lacks the programs for
// it.
func (s *Store) Podman(t testing.TB, kind Kind, opts Options) *Podman {
	t.Helper()
	needs.Root(t)
	if opts = withoutRoot(t, opts); opts.Rootless && kind == StockComposefs {
		t.Skip("stock podman with composefs does not start without root")
	}
	for _, p := range [][2]string{{"conmon", "conmon"}, {"runc", "runc"}, {"busybox", "busybox-static"}} {
		needs.Program(t, p[0], p[1])
	}
	needs.File(t, "/etc/containers/policy.json", "golang-github-containers-common") // podman commit looks nowhere else
	p := &Podman{Kind: kind, Store: s, t: t, opts: opts, name: "podman", program: filepath.Join(bin(), "podman-stock")}
	if p.ours() {
		p.program = filepath.Join(bin(), "podman")
		needs.Built(t, p.program, "make podman")
	} else {
		needs.Built(t, p.program, "make podman-stock")
	}
	if kind == StockComposefs {
		needs.Built(t, filepath.Join(bin(), "mkcomposefs"), "make build")
	}
	var err error
	if p.conf, err = os.MkdirTemp(s.Dir, "conf-*"); err == nil {
		p.env, err = p.configure(p.conf)
	}
	if err == nil && opts.Rootless {
		err = p.makeRootless()
	}
	if err != nil {
		t.Fatal(err)
	}
	s.users = append(s.users, p)
	return p
}

// As returns another way to use the same store, with the same options.
func (p *Podman) As(kind Kind) *Podman {
	p.t.Helper()
	return p.Store.Podman(p.t, kind, p.opts)
}

// timeout is what no command takes.
const timeout = 2 * time.Minute

// Run runs podman and returns its output. Failures and warnings fail the test.
func (p *Podman) Run(args ...string) string {
	p.t.Helper()
	out, warnings, err := p.run(args)
	if err != nil {
		p.t.Fatal(err)
	}
	for w := range strings.Lines(warnings) {
		if strings.Contains(w, "level=") && !strings.Contains(w, busyCache) && (p.opts.Warns == "" || !strings.Contains(w, p.opts.Warns)) {
			p.t.Errorf("%s: %s", p.line(args), w)
		}
	}
	return out
}

// busyCache is the message if several podmans write the cache of blobs. The machine has one cache
// for all stores.
const busyCache = "Rolling back transaction"

// Try runs podman and returns its output. An error contains all complaints.
func (p *Podman) Try(args ...string) (string, error) {
	out, _, err := p.run(args)
	return out, err
}

func (p *Podman) run(args []string) (out, warnings string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	var stdout, stderr strings.Builder
	cmd := p.Command(ctx, args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	if ctx.Err() != nil {
		err = errors.Join(fmt.Errorf("it took more than %v", timeout), err)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w: %s", p.line(args), err, strings.TrimSpace(stderr.String()+stdout.String()))
	}
	said := stderr.String()
	if slices.Contains(args, "info") {
		said += stdout.String()
	}
	if bad := messages.Internal(said); bad != "" {
		p.t.Errorf("%s names %s: %s", p.line(args), bad, said)
	}
	return p.visible(args, strings.TrimSuffix(stdout.String(), "\n")), stderr.String(), err
}

// line is how a failed command is called.
func (p *Podman) line(args []string) string {
	return fmt.Sprintf("%s (%s) %q", p.name, p.Kind, args)
}

// Command returns a command that has not been started, for what Run and Try cannot do.
func (p *Podman) Command(ctx context.Context, args ...string) *exec.Cmd {
	args = slices.Concat([]string{p.program}, p.flags, p.unshared(args))
	if p.opts.Rootless {
		p.admit(args)
		args = append(asUser(), args...)
	}
	if p.opts.Kernel != nil {
		args = p.opts.Kernel.Command(args...)
	}
	if len(p.opts.Private) > 0 {
		args = append(private(p.opts.Private, p.opts.Rootless), args...)
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = p.env
	cmd.Dir = p.Store.Dir
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// private returns the beginning of a command that is run in a mount namespace with
// other files at some paths. Its mounts end with it. With share, / is a shared mount, as systemd has it.
func private(files map[string]string, share bool) []string {
	script := "set -e\n"
	if share {
		script += "mount --make-rshared /\n"
	}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		script += fmt.Sprintf("mount --bind '%s' '%s'\n", files[path], path)
	}
	return []string{"unshare", "--mount", "--propagation", "private", "sh", "-c", script + `exec "$0" "$@"`}
}

// bin returns the directory of the programs that make builds.
func bin() string {
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	for ; dir != "/"; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
	}
	return filepath.Join(dir, "bin")
}
