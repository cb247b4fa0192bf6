package tests

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// projectForTrees returns a small project with an upstream, new.
func projectForTrees(t *testing.T) (s scripts, env []string) {
	t.Helper()
	s = newScripts(t, "hack/upstreams/tree.sh", "cat cp dirname find flock go ln mkdir mv rm sed sha256sum tar", nil)
	for name, text := range map[string]string{
		"go.mod":             "module example.org/project\n",
		"cmd/main.go":        "package main\n\nimport (\n\t_ \"example.org/old/b\"\n\t_ \"example.org/other\"\n)\n\nfunc main() {}\n",
		"driver/upstream.go": "package driver // old\n",
		"hack/graft/_vendor/example.org/old/b/a.go": "package b\n\nimport _ \"example.org/old/c\"\n",
		"vendor/example.org/old/b/b.go":             "package b\n",
		"hack/upstreams/new/go.mod":                 "module example.org/project\n\ngo 1.24\n\nrequire example.org/z/new v1.0.0\n",
		"hack/upstreams/new/renames":                "example.org/old example.org/z/new\n",
		"hack/upstreams/new/driver/upstream.go":     "package driver // new\n",
	} {
		s.write(t, name, text)
	}
	for _, dir := range []string{"config", "convert", "tests"} {
		if err := os.MkdirAll(s.path(dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return s, []string{"HOME=" + s.path("home"), "GOPROXY=off", "GOFLAGS=-mod=mod", "GOTOOLCHAIN=local"}
}

// TestTreeUnknown checks that the error names the upstreams that exist.
func TestTreeUnknown(t *testing.T) {
	s, env := projectForTrees(t)
	out, code := s.run(t, env, "hack/upstreams/tree.sh", "newer")
	if want := "error: upstream newer is unknown; there are: new\n" +
		"hint: without UPSTREAM, make builds for podman 5.6, the one in vendor/\n"; code != 1 || out != want {
		t.Errorf("exit code %d, and it prints %q, want %q", code, out, want)
	}
	if _, err := os.Stat(s.path(".cache")); err == nil {
		t.Error("it makes a tree")
	}
}

// TestTreeOffline checks that the error names the upstream whose modules cannot be downloaded, and that
// the next run tries again.
func TestTreeOffline(t *testing.T) {
	s, env := projectForTrees(t)
	for range 2 {
		out, code := s.run(t, env, "hack/upstreams/tree.sh", "new")
		if want := "error: the modules of upstream new cannot be downloaded\n"; code != 1 || strings.Count(out, want) != 1 ||
			!strings.Contains(out, "hint: they come from off; upstreams: new\n") {
			t.Errorf("exit code %d, and it prints %q, want %q", code, out, want)
		}
	}
}

// TestTree makes a tree with a go command that makes a vendor directory, and again after changes.
func TestTree(t *testing.T) {
	s, env := projectForTrees(t)
	s.write(t, "path/go", `#!/bin/sh
		case $1 in env) echo `+s.path("goroot")+` ;; *) echo "$@" >>"$LOG"; mkdir "$2/vendor" ;; esac`)
	s.write(t, "goroot/bin/gofmt", "#!/bin/sh\n")
	made := func(ways string) {
		t.Helper()
		if err := os.RemoveAll(s.path("log")); err != nil {
			t.Fatal(err)
		}
		if out, code := s.run(t, env, "hack/upstreams/tree.sh", "new"); code != 0 {
			t.Fatalf("exit code %d: %s", code, out)
		}
		if got := s.log(t); got != ways {
			t.Errorf("it runs go %q, want %q", got, ways)
		}
	}
	const tree, vendored = ".cache/upstreams/new/", "-C .cache/upstreams/new mod vendor\n"
	made(vendored)
	for name, want := range map[string]string{
		"go.mod":             "require example.org/z/new v1.0.0",
		"cmd/main.go":        `"example.org/z/new/b"`,
		"driver/upstream.go": "// new",
		"hack/graft/_vendor/example.org/z/new/b/a.go": `"example.org/z/new/c"`,
	} {
		if text, err := os.ReadFile(s.path(tree + name)); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s contains %q, %v, want %q", name, text, err, want)
		}
	}
	for _, name := range []string{"renames", "hack/upstreams", "hack/graft/_vendor/example.org/old", "vendor/example.org"} {
		if _, err := os.Stat(s.path(tree + name)); err == nil {
			t.Errorf("the tree has %s", name)
		}
	}
	s.write(t, tree+"bin/podman", "built")
	s.write(t, tree+"cmd/removed.go", "package main\n")
	made("") // it is up to date
	s.write(t, "cmd/added.go", "package main\n")
	made(vendored)
	s.write(t, "hack/upstreams/new/driver/upstream.go", "package driver // newer\n")
	made(vendored)
	for name, there := range map[string]bool{"bin/podman": true, "cmd/added.go": true, "cmd/removed.go": false} {
		if _, err := os.Stat(s.path(tree + name)); (err == nil) != there {
			t.Errorf("after changes of the project: %s: %v", name, err)
		}
	}
}

// TestMakeCRIO checks that make builds CRI-O in the tree of its upstream, and that the trees of others
// report where CRI-O is built.
func TestMakeCRIO(t *testing.T) {
	for _, target := range []string{"crio", "crio-stock"} {
		out := command(t, []string{"MAKEFLAGS="}, "make", "-n", "-C", "..", "--no-print-directory", target)
		for _, line := range []string{"make " + target + " UPSTREAM=crio-1.34\n", "ln -f .cache/upstreams/crio-1.34/bin/" + target + " bin/" + target + "\n"} {
			if strings.Count(out, line) != 1 {
				t.Errorf("make %s does not run %q once:\n%s", target, line, out)
			}
		}
	}
	cmd := exec.Command("make", "-s", "-C", "..", "--no-print-directory", "crio", "upstreams=")
	cmd.Env = append(os.Environ(), "MAKEFLAGS=")
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "hint: make crio builds it, without UPSTREAM\n") {
		t.Errorf("in another tree: %v: %s", err, out)
	}
}
