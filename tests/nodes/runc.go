//go:build linux

package nodes

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// resourceRight is the capability without which a process may neither raise limits nor lower its
// oom_score_adj. runc then fails for pods, because their oom_score_adj is low.
const resourceRight = "CAP_SYS_RESOURCE"

// runcProgram is a link to runc, beside the one with its name to this program.
const runcProgram = "runc-program"

// Enter runs runc in place of a program that CRI-O has started by that name, and then does not return. A program
// that starts nodes calls it first.
func Enter() {
	if filepath.Base(os.Args[0]) == "runc" {
		fmt.Fprintln(os.Stderr, runc(os.Args[1:]))
		os.Exit(1)
	}
}

// runc runs runc without the requests that need this capability, if this process lacks it. It returns only
// an error.
func runc(args []string) error {
	err := lower(args)
	if err == nil {
		err = syscall.Exec(filepath.Join(filepath.Dir(os.Args[0]), runcProgram), append([]string{"runc"}, args...), os.Environ())
	}
	return err
}

// lower rewrites the file that an invocation of runc names: the configuration of a container, or of
// a process for it.
func lower(args []string) error {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	_, hex, _ := strings.Cut(string(status), "CapEff:\t")
	hex, _, _ = strings.Cut(hex, "\n")
	if rights, err := strconv.ParseUint(hex, 16, 64); err != nil || rights>>24&1 == 1 {
		return err
	}
	for i, a := range args {
		flag, value, joined := strings.Cut(a, "=")
		if !joined && i+1 < len(args) {
			value = args[i+1]
		}
		switch flag {
		case "--bundle", "-b":
			return rewrite(filepath.Join(value, "config.json"), lowerContainer)
		case "--process", "-p":
			return rewrite(value, lowerProcess)
		}
	}
	return nil
}

// rewrite changes a JSON file.
func rewrite(path string, change func(Object)) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	content := Object{}
	from := json.NewDecoder(bytes.NewReader(text))
	from.UseNumber()
	if err := from.Decode(&content); err != nil {
		return err
	}
	change(content)
	if text, err = json.Marshal(content); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o600)
}

func lowerContainer(spec Object) {
	if process, ok := spec["process"].(Object); ok {
		lowerProcess(process)
	}
	linux, _ := spec["linux"].(Object)
	resources, _ := linux["resources"].(Object)
	if _, err := os.Stat("/sys/fs/cgroup/hugetlb/cgroup.procs"); err != nil {
		delete(resources, "hugepageLimits")
	}
}

func lowerProcess(process Object) {
	delete(process, "rlimits")
	text, _ := os.ReadFile("/proc/self/oom_score_adj")
	own, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if score, ok := process["oomScoreAdj"].(json.Number); ok && err == nil {
		if n, err := strconv.Atoi(score.String()); err == nil && n < own {
			process["oomScoreAdj"] = own
		}
	}
	sets, _ := process["capabilities"].(Object)
	for name, set := range sets {
		if list, ok := set.([]any); ok {
			sets[name] = slices.DeleteFunc(list, func(c any) bool { return c == resourceRight })
		}
	}
}
