package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// suite is a directory of bats files, and how they are run.
type suite struct {
	name    string   // in -suite, and of files
	title   string   // in tables
	kind    string   // what suite.sh calls it
	dir     string   // with the files
	files   []string // those that are run
	drivers []string
	env     []string
}

func newSuite(name string, files []string) (*suite, error) {
	s := &suite{name: name, drivers: drivers}
	module, below := "github.com/containers/storage", "tests"
	s.kind = "storage"
	switch name {
	case "storage":
	case "transient":
		s.env = []string{"UPSTREAM_TRANSIENT=1"}
		s.drivers = []string{"plain", "ours"}
	case "podman":
		module, below, s.kind = "github.com/containers/podman/v5", "test/system", "podman"
	default:
		return nil, fmt.Errorf("-suite %s: there are storage, transient and podman", name)
	}
	root, version, err := source(module)
	if err != nil {
		return nil, err
	}
	s.dir = filepath.Join(root, below)
	s.title = fmt.Sprintf("%s %s `%s`", strings.TrimPrefix(strings.TrimSuffix(module, "/v5"), "github.com/"), version, below)
	if name == "transient" {
		s.title += ", transient store"
	}
	all, err := filepath.Glob(filepath.Join(s.dir, "*.bats"))
	if err != nil {
		return nil, err
	}
	excluded, err := readExcluded("hack/upstream/excluded")
	if err != nil {
		return nil, err
	}
	for _, path := range all {
		file := filepath.Base(path)
		if excluded[file] == "" && len(files) == 0 || slices.Contains(files, file) {
			s.files = append(s.files, file)
		}
	}
	if len(s.files) == 0 {
		return nil, fmt.Errorf("%s: none of the files %s is there", s.dir, strings.Join(files, " "))
	}
	return s, nil
}

// source returns the directory of the module in the version that go.mod has. It is in
// the module cache then; nothing is taken from vendor, which has no tests.
func source(module string) (dir, version string, err error) {
	var m struct{ Version, Dir string }
	list, err := output(exec.Command("go", "list", "-m", "-mod=readonly", "-f", "{{.Version}}", module))
	if err != nil {
		return "", "", err
	}
	text, err := output(exec.Command("go", "mod", "download", "-json", module+"@"+strings.TrimSpace(string(list))))
	if err != nil {
		return "", "", err
	}
	err = json.Unmarshal(text, &m)
	return m.Dir, m.Version, err
}

func output(cmd *exec.Cmd) ([]byte, error) {
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%s: %w: %s", strings.Join(cmd.Args, " "), err, strings.TrimSpace(stderr.String()))
	}
	return out, err
}

// readExcluded returns why files are left out: each line has a name and a reason.
func readExcluded(name string) (map[string]string, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	excluded := map[string]string{}
	for line := range strings.Lines(string(text)) {
		file, why, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok {
			return nil, fmt.Errorf("%s: %q has no reason", name, file)
		}
		excluded[file] = strings.TrimSpace(why)
	}
	return excluded, nil
}

func (s *suite) has(driver string) bool { return slices.Contains(s.drivers, driver) }

// run runs files in a machine of their own, or of them the tests that match filter, and
// writes their output into a file.
func (s *suite) run(ctx context.Context, driver string, files []string, filter, output string) error {
	f, err := os.Create(output + ".new")
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // the child writes to it
	image, err := filepath.Abs(output + ".img")
	if err != nil {
		return err
	}
	args := append([]string{driver, image, "/mnt/suite.sh", s.kind}, files...)
	cmd := exec.CommandContext(ctx, "hack/upstream/machine.sh", args...)
	cmd.Env = append(os.Environ(), "UPSTREAM_TESTS="+s.dir, "UPSTREAM_FILTER="+filter)
	cmd.Env = append(cmd.Env, s.env...)
	cmd.Stdout, cmd.Stderr = f, f
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s with %s: %w: see %s", s.title, driver, err, f.Name())
	}
	return os.Rename(f.Name(), output)
}
