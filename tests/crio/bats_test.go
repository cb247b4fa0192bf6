//go:build crio

package crio_test

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/needs"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// batsFiles are the files of CRI-O's own suite that TestBats runs, and batsPattern matches the names of tests.
var (
	batsFiles   = flag.String("bats", "", "run these files of CRI-O's own tests, such as 'ctr restore'")
	batsPattern = flag.String("batspattern", ".", "of these, run the tests whose names match")
)

// batsImages are images that the suite starts with.
var batsImages = []string{"registry.k8s.io/pause:3.10", "quay.io/crio/fedora-crio-ci:latest", "quay.io/crio/hello-wasm:latest"}

// TestBats runs CRI-O's own tests, of its module, with images of stand-ins. A test that passes without our driver must
// pass with it.
func TestBats(t *testing.T) {
	if *batsFiles == "" {
		t.Skip("it takes long: make test-bats")
	}
	t.Parallel()
	for program, debian := range map[string]string{"ip": "iproute2", "jq": "jq", "netstat": "net-tools"} {
		needs.Program(t, program, debian)
	}
	standIns(t)
	fedora := podman.Layer(append(applets(t), layertest.Dir("usr"), layertest.Dir("usr/share"), layertest.Dir("usr/local"), layertest.Dir("usr/local/bin"),
		layertest.File("usr/local/bin/docker-entrypoint.sh", "#!/bin/sh\nexec \"$@\"\n").Owner(0, 0, 0o755),
		layertest.File("usr/local/bin/redis-server", "#!/bin/sh\ntrap 'exit 0' TERM\nwhile :; do sleep 1; done\n").Owner(0, 0, 0o755), layertest.Dir("root"), layertest.Dir("tmp"),
		layertest.File("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"), layertest.File("etc/group", "root:x:0:\n"), layertest.File("etc/token", "secret"))...)
	for _, name := range []string{"quay.io/crio/fedora-crio-ci", "quay.io/crio/hello-wasm"} {
		podman.SharedRegistry(t).PushTag(t, name, "latest", podman.Image{Layers: [][]byte{podman.Busybox(t), fedora,
			podman.Layer(layertest.File("etc/.wh.token", ""), layertest.File("etc/name", name))}, Compression: podman.Gzip, Cmd: []string{"sh"}})
	}
	results := ofBoth(t, func(t *testing.T, k kind) map[string]string {
		t.Helper()
		return runBats(t, k, strings.Fields(*batsFiles), *batsPattern)
	})
	passed := 0
	for name, status := range results[plain] {
		if status == "passed" {
			passed++
			if results[ours][name] != status {
				again(t, name, results[ours])
			}
		}
	}
	if passed == 0 {
		t.Error("no test passes with plain overlay")
	}
	_, version, _ := strings.Cut(filepath.Base(crioSource(t)), "@v")
	head := fmt.Sprintf("%s, CRI-O %s:\n\n", time.Now().Format("2006-01-02"), version)
	must(t, os.WriteFile("../../.cache/bats.md", []byte(head+batsTable(results)), 0o644))
}

// crioSource returns the directory of CRI-O's module.
func crioSource(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks("../../.cache/cri-tools/cri-o")
	must(t, err)
	return dir
}

// again runs a test again that has failed with ours: some depend on other load of the machine.
func again(t *testing.T, name string, results map[string]string) {
	t.Helper()
	file, test, _ := strings.Cut(name, ": ")
	t.Logf("%s: %q with ours, it runs again", name, results[name])
	log := filepath.Join("../../.cache", "bats-ours-"+file)
	must(t, os.Rename(log+".log", log+"-first.log"))
	results[name] = runBats(t, ours, []string{file}, "^"+regexp.QuoteMeta(test)+"$")[name]
	if results[name] != "passed" {
		t.Errorf("%s: passed with plain overlay, %q with ours", name, results[name])
	}
}

// runBats runs tests whose names match a pattern, of files of the suite, on a node of its own. It returns the
// status of each test.
func runBats(t *testing.T, k kind, names []string, pattern string) map[string]string {
	t.Helper()
	bats, err := exec.Command("../../hack/cri-tools/bats.sh").Output()
	must(t, err)
	scripts, err := filepath.Abs(".")
	must(t, err)
	n := newNode(t, k, options{network: true})
	for _, image := range batsImages {
		n.crictl("pull", image)
	}
	n.stop("TERM")
	source := crioSource(t)
	// With cgroupfs, the parent is a path. runc of the tests would find itself in PATH.
	n.shell(`cp -r --no-preserve=mode,ownership "$1/." suite; chmod -R a+rx suite
sed -i 's,pod_123-456.slice,/pod_123-456,' suite/test/testdata/*.json
mkdir wrapped temporary; printf '#!/bin/sh\nPATH=%s exec %s "$@"\n' "$PATH" "$PWD/runc" >wrapped/runc; chmod 755 wrapped/runc`, source)
	result := map[string]string{}
	for _, name := range names {
		cmd := n.Command(t.Context(), "sh", "-c", `cd suite/test && exec "$0" --tap --filter "$2" "$1.bats"`, strings.TrimSpace(string(bats)), name, pattern)
		cmd.Env = append(cmd.Env, "PATH="+filepath.Join(n.Dir, "wrapped")+":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
			"TEMPLATE="+n.root, "COPYIMG_BINARY="+filepath.Join(scripts, "copyimg.sh"), "TMPDIR="+filepath.Join(n.Dir, "temporary"), "BATS_TMPDIR="+filepath.Join(n.Dir, "temporary"),
			"CRIO_BINARY_PATH="+filepath.Join(n.bin, k.program()), "PINNS_BINARY_PATH="+filepath.Join(n.bin, "pinns"), "CRICTL_BINARY="+filepath.Join(scripts, "crictl.sh"), "CRICTL="+filepath.Join(n.bin, "crictl"),
			"CONTAINER_DEFAULT_RUNTIME=runc", "CONTAINER_CGROUP_MANAGER=cgroupfs", "CONTAINER_CNI_PLUGIN_DIR=/usr/lib/cni", "CONTAINER_SECCOMP_PROFILE=",
			"CONTAINER_DEFAULT_ULIMITS=nofile=20000:20000", "CRICTL_TIMEOUT=150s", "BATS_TEST_TIMEOUT=400")
		out, err := cmd.CombinedOutput()
		must(t, os.WriteFile(filepath.Join("../../.cache", "bats-"+k.String()+"-"+name+".log"), out, 0o644))
		if _, failed := err.(*exec.ExitError); err != nil && !failed { //nolint:errorlint // of this command
			t.Fatal(err)
		}
		count := len(result)
		readTAP(out, name, result)
		if len(result) == count {
			t.Fatalf("%s: no test: %s", name, out)
		}
	}
	return result
}

// readTAP reads the output of bats.
func readTAP(out []byte, file string, result map[string]string) {
	line := regexp.MustCompile(`^(not )?ok \d+ (.*?)( # skip.*| # timeout.*)?$`)
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		m := line.FindStringSubmatch(lines.Text())
		switch {
		case m == nil:
		case strings.HasPrefix(m[3], " # skip"):
			result[file+": "+m[2]] = "skipped"
		case m[1] != "":
			result[file+": "+m[2]] = "failed"
		default:
			result[file+": "+m[2]] = "passed"
		}
	}
}

// batsTable returns the results in Markdown.
func batsTable(results map[kind]map[string]string) string {
	counts := map[string]map[string]int{}
	for k, result := range results {
		for name, status := range result {
			file, _, _ := strings.Cut(name, ": ")
			if counts[file] == nil {
				counts[file] = map[string]int{}
			}
			counts[file][k.String()+status]++
		}
	}
	var b strings.Builder
	b.WriteString("| file | plain: passed, failed, skipped | ours: passed, failed, skipped |\n|---|---|---|\n")
	for _, f := range slices.Sorted(maps.Keys(counts)) {
		c := counts[f]
		fmt.Fprintf(&b, "| %s | %d, %d, %d | %d, %d, %d |\n", f, c["plainpassed"], c["plainfailed"], c["plainskipped"], c["ourspassed"], c["oursfailed"], c["oursskipped"])
	}
	return b.String()
}
