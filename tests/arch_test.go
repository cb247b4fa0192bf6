// Package tests holds what concerns more than one package: see docs/testing.md.
package tests

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/composefs-storage/composefs-storage/"

// imports lists the packages of the project, and the modules, that each package may
// import. A package that is not listed fails the test: give it its place here and
// in docs/architecture.md.
var imports = map[string][]string{
	"cmd/composefs-storage":         {"config", "convert", "convert/dump", "convert/erofs", "convert/files", "convert/layer", "convert/objects", "convert/repository", "convert/scan", "convert/tree", "convert/verity", "driver/inplace", "driver/kernel/feature", "driver/kernel/fuse/holder", "driver/kernel/mount", "driver/kernel/mounthelper", "driver/kernel/mountinfo", "driver/kernel/shared", "driver/message", "driver/settings", "driver/store/catalog", "driver/store/chain", "driver/store/images", "driver/store/pool", "driver/store/survey", "driver/trust/policy", "driver/upkeep/export", "driver/upkeep/fsck", "driver/upkeep/garbage", "driver/upkeep/headers", "driver/upkeep/importer", "github.com/containers/storage", "github.com/spf13/cobra", "golang.org/x/sync", "golang.org/x/sys"},
	"cmd/mount.composefs":           {"driver/kernel/mounthelper"},
	"config":                        {"github.com/BurntSushi/toml"},
	"convert":                       {"convert/erofs", "convert/layer", "convert/objects", "convert/selinux", "convert/toc", "convert/tree", "convert/verity", "golang.org/x/sync"},
	"convert/boottest":              {"github.com/klauspost/compress"},
	"convert/layer":                 {"convert/tree", "convert/verity", "golang.org/x/sync"},
	"convert/layertest":             {"convert/objects", "convert/objects/objectstest", "convert/tree", "convert/verity"},
	"convert/selinux":               {"github.com/dlclark/regexp2"},
	"driver/upkeep/importer":        {"convert/objects", "convert/repository", "convert/verity", "driver/store/chain", "golang.org/x/sys"},
	"convert/repository":            {"convert/files", "convert/splitstream", "convert/verity", "golang.org/x/sys"},
	"convert/repository/names":      {},
	"convert/splitstream":           {"convert/verity", "github.com/klauspost/compress"},
	"convert/tree":                  {"convert/verity"},
	"convert/verity":                {"golang.org/x/sys"},
	"convert/dump":                  {"convert/tree", "convert/verity"},
	"convert/erofs":                 {"convert/erofs/internal/disk", "convert/tree", "convert/verity"},
	"convert/erofs/internal/disk":   {},
	"convert/objects":               {"convert/files", "convert/tree", "convert/verity", "golang.org/x/sync", "golang.org/x/sys"},
	"convert/objects/objectstest":   {"convert/objects", "convert/verity"},
	"convert/scan":                  {"convert/objects", "convert/tree", "convert/verity", "golang.org/x/sync", "golang.org/x/sys"},
	"convert/toc":                   {"convert/layer", "convert/tree", "convert/verity", "golang.org/x/sync"},
	"convert/treetest":              {"convert/tree", "convert/verity"},
	"driver":                        {"config", "convert", "convert/erofs", "convert/files", "convert/layer", "convert/objects", "convert/tree", "convert/verity", "driver/contents", "driver/idmap", "driver/inplace", "driver/kernel/feature", "driver/kernel/fuse/holder", "driver/kernel/mount", "driver/kernel/shared", "driver/message", "driver/pull", "driver/pull/decompress", "driver/pull/staging", "driver/settings", "driver/store/catalog", "driver/store/chain", "driver/store/images", "driver/store/pool", "driver/store/survey", "driver/trust", "driver/upper", "driver/warn", "github.com/containers/storage", "github.com/sirupsen/logrus", "golang.org/x/sys"},
	"driver/contents":               {"convert/erofs", "convert/files", "convert/objects", "convert/tree", "convert/verity", "driver/message", "driver/store/catalog", "driver/store/chain", "driver/store/images", "driver/store/pool", "github.com/sirupsen/logrus"},
	"driver/upper":                  {"driver/store/images", "github.com/containers/storage", "golang.org/x/sys"},
	"driver/pull/decompress":        {"github.com/klauspost/compress"},
	"driver/pull/blob":              {"convert/layer", "driver/pull/decompress", "github.com/containers/storage", "github.com/klauspost/compress", "github.com/opencontainers/go-digest", "github.com/vbatts/tar-split"},
	"driver/store/chain":            {"convert/verity"},
	"driver/upkeep/export":          {"convert", "convert/erofs", "convert/objects", "convert/repository", "convert/splitstream", "convert/tree", "convert/verity", "driver/pull/blob", "driver/store/catalog", "driver/store/chain", "driver/store/images", "driver/store/pool", "driver/store/survey", "golang.org/x/sync"},
	"driver/upkeep/headers":         {"convert/tree", "driver/pull/blob", "driver/store/chain", "driver/store/images"},
	"driver/upkeep/garbage":         {"convert/objects", "driver/store/chain", "driver/store/images", "driver/store/pool", "golang.org/x/sys"},
	"driver/store/images":           {"convert", "convert/erofs", "convert/files", "convert/objects", "convert/tree", "convert/verity", "driver/store/chain", "driver/store/pool", "golang.org/x/sys"},
	"driver/store/pool":             {"convert/files", "convert/objects", "convert/verity", "driver/message", "driver/store/chain", "golang.org/x/sys"},
	"driver/inplace":                {"convert", "convert/erofs", "convert/files", "convert/layer", "convert/objects", "convert/tree", "convert/verity", "driver/idmap", "driver/kernel/mount", "driver/kernel/mountinfo", "driver/pull/blob", "driver/store/catalog", "driver/store/chain", "driver/store/images", "driver/store/pool", "driver/store/survey", "github.com/containers/storage", "github.com/opencontainers/go-digest", "golang.org/x/sys"},
	"driver/store/catalog":          {"driver/store/chain"},
	"driver/trust/policy":           {"convert/verity", "github.com/BurntSushi/toml"},
	"driver/kernel/mount":           {"convert/verity", "golang.org/x/sys"}, // verity: an image is measured through its mount
	"driver/kernel/mount/mounttest": {"convert/erofs", "convert/tree", "convert/verity", "driver/kernel/mountinfo", "golang.org/x/sys"},
	"driver/kernel/mounthelper":     {"convert/repository/names", "convert/verity", "driver/kernel/mount", "driver/message", "github.com/spf13/pflag", "golang.org/x/sys"},
	"driver/kernel/mountinfo":       {},
	"driver/message":                {},
	"driver/kernel/feature":         {"convert/erofs", "convert/files", "convert/tree", "convert/verity", "driver/kernel/fuse/holder", "driver/kernel/mount", "driver/message", "github.com/containers/storage", "golang.org/x/sys"},
	"driver/settings":               {"config", "convert/objects", "convert/repository", "convert/repository/names", "convert/verity", "driver/kernel/feature", "driver/message", "driver/store/chain", "github.com/containers/storage", "golang.org/x/sys"},
	"driver/upkeep/fsck":            {"convert", "convert/erofs", "convert/files", "convert/layer", "convert/objects", "convert/tree", "convert/verity", "driver/message", "driver/store/catalog", "driver/store/chain", "driver/store/images", "driver/store/pool", "driver/store/survey", "driver/upkeep/origin", "golang.org/x/sys"},
	"driver/upkeep/origin":          {"github.com/containers/image"},
	"driver/kernel/shared":          {"convert/files", "driver/kernel/mount", "golang.org/x/sys"},
	"driver/store/survey":           {"convert", "convert/erofs", "convert/objects", "convert/tree", "convert/verity", "driver/store/chain", "driver/store/images"},
	"driver/kernel/fuse":            {"convert/erofs", "convert/tree", "golang.org/x/sys"},
	"driver/kernel/fuse/holder":     {"convert/erofs", "convert/files", "driver/kernel/fuse", "driver/kernel/mount", "driver/kernel/mountinfo", "github.com/containers/storage", "github.com/godbus/dbus", "golang.org/x/sys"},
	"driver/idmap":                  {"github.com/containers/storage"},
	"driver/trust":                  {"config", "convert", "convert/files", "convert/objects", "convert/tree", "convert/verity", "driver/idmap", "driver/kernel/mount", "driver/store/catalog", "driver/store/chain", "driver/store/images", "driver/trust/policy", "github.com/containers/storage", "golang.org/x/sys"},
	"convert/files":                 {"golang.org/x/sys"},
	"driver/pull":                   {"convert", "convert/files", "convert/layer", "convert/objects", "convert/toc", "convert/verity", "driver/pull/blob", "driver/pull/decompress", "driver/pull/staging", "driver/warn", "github.com/containers/storage", "github.com/opencontainers/go-digest", "github.com/sirupsen/logrus"},
	"driver/pull/staging":           {"convert", "convert/files", "convert/objects", "convert/verity", "driver/idmap", "driver/store/chain", "driver/store/images", "driver/store/pool", "golang.org/x/sys"},
	"driver/warn":                   {"convert", "convert/layer", "driver/kernel/feature", "github.com/sirupsen/logrus"},
	"hack/mutants":                  {"golang.org/x/sync"},
	"tests":                         {},
	"tests/bench":                   {},
	"tests/driver":                  {},
	"tests/e2e":                     {},
	"tests/chunked":                 {},
	"tests/cluster":                 {"convert/layertest", "tests/nodes", "tests/podman"},
	"tests/cluster/demo":            {"tests/cluster", "tests/nodes", "tests/podman", "golang.org/x/sys"},
	"tests/cross":                   {},
	"tests/graphtest":               {},
	"tests/judges":                  {},
	"tests/layers":                  {},
	"tests/messages":                {},
	"tests/mounted":                 {"convert/tree", "golang.org/x/sys"},
	"tests/needs":                   {"golang.org/x/sys"},
	"tests/ociimage":                {"convert/layertest", "convert/tree"},
	"tests/differ":                  {"tests/ociimage", "github.com/containers/storage", "github.com/klauspost/compress", "github.com/opencontainers/go-digest", "github.com/vbatts/tar-split"},
	"tests/nodes":                   {"driver/kernel/mountinfo", "golang.org/x/sys"},
	"tests/oldkernel":               {"tests/seccomp", "golang.org/x/sys"},
	"tests/seccomp":                 {"golang.org/x/sys"},
	"tests/trace":                   {"tests/seccomp", "golang.org/x/sys"},
	"tests/oracle":                  {},
	"tests/podman/conf":             {},
	"tests/podman":                  {"convert/layertest", "driver/kernel/mountinfo", "tests/messages", "tests/needs", "tests/oldkernel", "tests/podman/conf", "github.com/containers/storage", "golang.org/x/sys"},
	"tests/storageconf":             {},
	"tests/upstream":                {},
	"tests/vm/guest":                {"convert/dump", "convert/tree", "convert/verity", "tests/mounted", "tests/vm/wire", "golang.org/x/sys"},
	"tests/vm/machine":              {"tests/vm/wire", "github.com/containers/storage"},
	"tests/vm/wire":                 {},
	"tests/stock":                   {"driver/kernel/mountinfo", "tests/needs", "github.com/containers/storage", "golang.org/x/sys"},
	"tests/pullevents":              {"github.com/containers/image", "github.com/containers/storage"},

	"tests/bench/comparison":           {"driver/kernel/mountinfo", "driver/pull/decompress", "tests/bench/comparison/floor", "tests/bench/comparison/generated", "tests/bench/comparison/report", "tests/podman/conf", "github.com/klauspost/compress", "golang.org/x/sys"},
	"tests/bench/comparison/generated": {},
	"tests/bench/comparison/floor":     {"driver/pull/decompress", "golang.org/x/sync", "golang.org/x/sys"},
	"tests/bench/comparison/report":    {},
	"tests/bench/scale":                {"tests/podman/conf", "golang.org/x/sys"},
}

// pure packages do no I/O but through readers and writers passed in, and so build
// on any system.
var pure = []string{"config", "convert/tree", "convert/dump", "convert/erofs", "convert/erofs/internal/disk"}

// TestArrows checks that packages import only what docs/architecture.md allows.
func TestArrows(t *testing.T) {
	format := `{{.ImportPath}}{{range .Imports}} {{.}}{{end}}`
	lines := strings.Split(strings.TrimSpace(command(t, nil, "go", "list", "-tags", "oracle", "-f", format, module+"...")), "\n")
	if len(lines) != len(imports) {
		t.Errorf("%d packages, %d are listed here", len(lines), len(imports))
	}
	for _, line := range lines {
		words := strings.Fields(line)
		name := strings.TrimPrefix(words[0], module)
		allowed, ok := imports[name]
		if !ok {
			t.Errorf("%s is not listed here", name)
		}
		for _, path := range words[1:] {
			if !strings.Contains(strings.Split(path, "/")[0], ".") {
				continue // standard library
			}
			path = strings.TrimPrefix(path, module)
			if !slices.ContainsFunc(allowed, func(a string) bool { return path == a || strings.HasPrefix(path, a+"/") && strings.Contains(a, ".") }) {
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
}

// TestPure vets the pure packages for another system, on which anything tied to
// Linux does not compile, and looks for imports that reach the system.
func TestPure(t *testing.T) {
	for _, name := range append(pure, "convert/verity") {
		command(t, []string{"GOOS=darwin"}, "go", "vet", module+name)
	}
	for _, arch := range []string{"amd64", "arm64", "s390x"} { // of these, amd64 has assembly
		command(t, []string{"GOARCH=" + arch}, "go", "vet", module+"convert/verity")
	}
	for _, name := range pure {
		for path := range strings.FieldsSeq(command(t, nil, "go", "list", "-f", `{{range .Imports}}{{.}} {{end}}`, module+name)) {
			switch path {
			case "os", "os/exec", "syscall", "net", "time", "unsafe":
				t.Errorf("%s imports %s and so is not pure", name, path)
			}
		}
	}
}

// processWide are what changes the whole process or machine.
var processWide = regexp.MustCompile(`debug\.Set(GCPercent|MemoryLimit|MaxThreads|MaxStack)|runtime\.GOMAXPROCS\([^0]|/proc/sys/|os\.(Setenv|Unsetenv|Chdir)\(|(unix|syscall)\.(Umask|Setrlimit|Prctl)\(`)

// TestLibraries looks for what changes the process or the machine in packages that are not
// main: only a program may, and tests.
func TestLibraries(t *testing.T) {
	found := 0
	for line := range strings.Lines(command(t, nil, "go", "list", "-f", `{{.Name}} {{.Dir}} {{join .GoFiles " "}}`, "../...")) {
		words := strings.Fields(line)
		if words[0] == "main" || strings.Contains(words[1], "/tests") {
			continue
		}
		for _, file := range words[2:] {
			text, err := os.ReadFile(filepath.Join(words[1], file))
			if err != nil {
				t.Fatal(err)
			}
			found++
			if bad := processWide.Find(text); bad != nil {
				t.Errorf("%s/%s has %s: a library must not change its process or machine", words[1], file, bad)
			}
		}
	}
	if found < 100 {
		t.Errorf("%d files", found)
	}
}

func command(t *testing.T, env []string, args ...string) string {
	t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return string(out)
}
