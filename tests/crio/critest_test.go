//go:build crio

package crio_test

import (
	"encoding/xml"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// specs are the specs of critest that concern images, containers and pods.
const specs = `Image Manager|\] Container|PodSandbox`

// TestCritest runs Kubernetes' tests of container runtimes with images of stand-ins. A spec that passes without our
// driver must pass with it.
func TestCritest(t *testing.T) {
	t.Parallel()
	needs.Program(t, "ip", "iproute2")
	needs.File(t, "/usr/lib/cni/bridge", "containernetworking-plugins")
	standIns(t)
	results := ofBoth(t, critest)
	passed := 0
	for name, status := range results[plain] {
		if status == "passed" {
			passed++
			if results[ours][name] != status {
				t.Errorf("%s: %s with plain overlay, %s with ours", name, status, results[ours][name])
			}
		}
	}
	if passed < 35 {
		t.Errorf("only %d specs pass with plain overlay", passed)
	}
	must(t, os.WriteFile("../../.cache/critest.md", []byte(table(results)), 0o644))
}

// ofBoth runs a suite with plain overlay and with ours at the same time, and returns the status of each of its tests. It
// ends the test if one of them cannot run.
func ofBoth(t *testing.T, run func(t *testing.T, k kind) map[string]string) map[kind]map[string]string {
	t.Helper()
	results := map[kind]map[string]string{}
	t.Run("run", func(t *testing.T) {
		var mu sync.Mutex
		for _, k := range []kind{plain, ours} {
			t.Run(k.String(), func(t *testing.T) {
				t.Parallel()
				result := run(t, k)
				mu.Lock()
				defer mu.Unlock()
				results[k] = result
			})
		}
	})
	if t.Failed() {
		t.FailNow()
	}
	return results
}

// critest runs the specs on a node of its own, and returns the status of each.
func critest(t *testing.T, k kind) map[string]string {
	t.Helper()
	n := newNode(t, k, options{image: `pause_image = "registry.k8s.io/pause:3.10"`, network: true})
	needs.Built(t, filepath.Join(n.bin, "critest"), "make crio-tools")
	report := filepath.Join(n.Dir, "critest.xml")
	socket := "unix://" + n.socket()
	cmd := n.Command(t.Context(), filepath.Join(n.bin, "critest"), "--runtime-endpoint", socket, "--image-endpoint", socket,
		"--ginkgo.focus", specs, "--ginkgo.timeout", "25m", "--ginkgo.no-color", "--ginkgo.junit-report", report)
	out, err := cmd.CombinedOutput()
	must(t, os.WriteFile(filepath.Join("../../.cache", "critest-"+k.String()+".log"), out, 0o644))
	if _, failed := err.(*exec.ExitError); err != nil && !failed { //nolint:errorlint // of this command
		t.Fatal(err)
	}
	text, err := os.ReadFile(report)
	must(t, err)
	var parsed struct {
		Cases []struct {
			Name   string `xml:"name,attr"`
			Status string `xml:"status,attr"`
		} `xml:"testsuite>testcase"`
	}
	must(t, xml.Unmarshal(text, &parsed))
	result := map[string]string{}
	for _, c := range parsed.Cases {
		if strings.HasPrefix(c.Name, "[It]") && regexp.MustCompile(specs).MatchString(c.Name) {
			result[c.Name] = c.Status
		}
	}
	return result
}

// table returns the results in Markdown: how many specs of each group pass, and those that fail.
func table(results map[kind]map[string]string) string {
	group := regexp.MustCompile(`^\[It\] (?:\[k8s\.io\] )?([A-Z][A-Za-z]*(?: Manager)?)`)
	counts := map[string]map[string]int{}
	var failing []string
	for k, result := range results {
		for name, status := range result {
			g := "other"
			if m := group.FindStringSubmatch(name); m != nil {
				g = m[1]
			}
			if counts[g] == nil {
				counts[g] = map[string]int{}
			}
			counts[g][k.String()+status]++
			if k == ours && status == "failed" {
				failing = append(failing, strings.TrimPrefix(strings.TrimPrefix(name, "[It] "), "[k8s.io] "))
			}
		}
	}
	var b strings.Builder
	var u unix.Utsname
	release := ""
	if unix.Uname(&u) == nil {
		release = unix.ByteSliceToString(u.Release[:])
	}
	fmt.Fprintf(&b, "%s, Linux %s:\n\n", time.Now().Format("2006-01-02"), strings.SplitN(release, "-", 2)[0])
	b.WriteString("| specs | plain: passed, failed, skipped | ours: passed, failed, skipped |\n|---|---|---|\n")
	groups := slices.Sorted(maps.Keys(counts))
	for _, g := range groups {
		c := counts[g]
		fmt.Fprintf(&b, "| %s | %d, %d, %d | %d, %d, %d |\n", g, c["plainpassed"], c["plainfailed"], c["plainskipped"], c["ourspassed"], c["oursfailed"], c["oursskipped"])
	}
	slices.Sort(failing)
	if len(failing) > 0 {
		b.WriteString("\nThese fail with both:\n\n")
		for _, name := range failing {
			fmt.Fprintf(&b, "* %s\n", name)
		}
	}
	return b.String()
}
