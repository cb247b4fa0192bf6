package main

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// storePrograms are the programs that use a store of containers/storage, with their oldest
// versions that mount composefs layers. These are the first with containers/storage 1.52:
// older ones need a build tag for it, or ignore the layer images. The programs' go.mod files
// name that version; of CRI-O only 1.31 was looked at.
var storePrograms = []struct {
	name         string
	major, minor int
}{
	{"podman", 5, 0},
	{"buildah", 1, 35},
	{"skopeo", 1, 15},
	{"crio", 1, 31},
}

// programDirs are the directories that are searched besides those of PATH: root's PATH may
// lack some of them.
var programDirs = []string{"/usr/local/bin", "/usr/local/sbin", "/usr/bin", "/usr/sbin", "/bin", "/sbin"}

// versionTimeout is the time that a program has to report its version.
var versionTimeout = 5 * time.Second

// otherProgram is an installed program that uses stores without this project's driver.
type otherProgram struct {
	path    string
	version string // as it reports it, or "" if that is unknown
	old     bool   // it does not mount composefs layers, or may not
}

func (p otherProgram) String() string {
	if p.version == "" {
		return p.path + " (of unknown version)"
	}
	return p.path + " " + p.version
}

// warnOfOthers warns on standard error of the programs without the driver before the first
// layer is converted. It returns an error if an installed one is too old for converted layers.
func (c *imageConverter) warnOfOthers(ctx context.Context) error {
	var old, others []string
	for _, p := range otherPrograms(ctx, append(filepath.SplitList(os.Getenv("PATH")), programDirs...)) {
		if p.old {
			old = append(old, p.String())
		} else {
			others = append(others, p.String())
		}
	}
	if len(old) > 0 && !c.ignoreOld && !c.dryRun {
		return withHint(fmt.Errorf("%s: too old for converted layers: containers would not start, and builds would lack files", strings.Join(old, ", ")),
			"upgrade to %s, or remove it; to convert anyway, add --ignore-old-programs", oldestVersions())
	}
	fmt.Fprintf(c.err, "warning: programs without this driver read converted layers since %s\n"+
		"warning: with use_composefs off they must not build or commit: they write zeros for files whose mode or owner changes\n", oldestVersions())
	if len(old) > 0 {
		fmt.Fprintf(c.err, "warning: too old for converted layers: %s\n", strings.Join(old, ", "))
	}
	if len(others) > 0 {
		fmt.Fprintf(c.err, "warning: installed without this driver: %s\n", strings.Join(others, ", "))
	}
	return nil
}

// oldestVersions lists the oldest versions of programs that mount composefs layers without the
// driver.
func oldestVersions() string {
	var list []string
	for _, p := range storePrograms {
		list = append(list, fmt.Sprintf("%s %d.%d", p.name, p.major, p.minor))
	}
	return strings.Join(list, ", ")
}

// otherPrograms returns the programs in the directories that use stores without the driver,
// each file once.
func otherPrograms(ctx context.Context, dirs []string) (found []otherProgram) {
	var seen []string
	for _, dir := range dirs {
		for _, program := range storePrograms {
			path := filepath.Join(dir, program.name)
			file, err := filepath.EvalSymlinks(path)
			if err != nil || !filepath.IsAbs(dir) || slices.Contains(seen, file) || hasDriver(file) {
				continue
			}
			if _, err := exec.LookPath(file); err != nil {
				continue // not a program
			}
			seen = append(seen, file)
			version, major, minor := programVersion(ctx, path)
			old := major < program.major || major == program.major && minor < program.minor
			found = append(found, otherProgram{path, version, old})
		}
	}
	return found
}

// hasDriver reports whether a program was built with the driver, which is then among the
// modules in the program's build information.
func hasDriver(file string) bool {
	info, err := buildinfo.ReadFile(file)
	if err != nil {
		return false
	}
	for _, dep := range info.Deps {
		if dep.Path == "github.com/composefs-storage/composefs-storage" {
			return true
		}
	}
	return info.Main.Path == "github.com/composefs-storage/composefs-storage"
}

// versionNumber is in the output of --version: "podman version 4.3.1",
// "buildah version 1.28.2 (image-spec …)".
var versionNumber = regexp.MustCompile(`version:? v?((\d+)\.(\d+)[^\s,]*)`)

// programVersion asks a program for its version, by --version, which opens no store: podman's
// "version" does. Without an answer in time all results are zero.
func programVersion(ctx context.Context, path string) (version string, major, minor int) {
	ctx, cancel := context.WithTimeout(ctx, versionTimeout)
	defer cancel()
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, path, "--version")
	cmd.Stdout, cmd.Dir, cmd.WaitDelay = &out, "/", time.Second
	if err := cmd.Run(); err != nil && !errors.Is(err, exec.ErrWaitDelay) {
		return "", 0, 0
	}
	match := versionNumber.FindStringSubmatch(out.String())
	if match == nil {
		return "", 0, 0
	}
	major, _ = strconv.Atoi(match[2])
	minor, _ = strconv.Atoi(match[3])
	return escape(match[1]), major, minor
}
