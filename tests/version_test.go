package tests

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestOrigin checks the version in what "podman version" prints as the origin of the build: with a
// commit, with changes on it, and without a repository. The date of the build is that of the commit.
func TestOrigin(t *testing.T) {
	repository := t.TempDir()
	git := func(args ...string) string {
		t.Helper()
		args = append([]string{"git", "-C", repository, "-c", "user.name=x", "-c", "user.email=x@example.org"}, args...)
		return command(t, nil, args...)
	}
	git("init", "-q")
	git("commit", "-q", "--allow-empty", "-m", "x")
	clean, none := []string{"GIT_DIR=" + repository + "/.git", "GIT_WORK_TREE=" + repository}, []string{"GIT_DIR=/nonexistent"}
	head := git("rev-parse", "HEAD")[:12]
	if got := origin(t, none); !regexp.MustCompile(`^composefs-storage v\d+\.\d+\.\d+(-dev)?$`).MatchString(got) {
		t.Errorf("without a repository: %q", got)
	}
	if got, want := origin(t, clean), origin(t, none)+"+"+head; got != want {
		t.Errorf("a commit: %q, want %q", got, want)
	}
	if got, want := linked(t, clean, ".buildInfo=", " "), strings.TrimSpace(git("log", "-1", "--format=%ct")); got != want {
		t.Errorf("the date of a build is %q, want %q, of the commit", got, want)
	}
	if err := os.WriteFile(repository+"/file", nil, 0o644); err != nil {
		t.Fatal(err)
	}
	git("add", "file")
	if got, want := origin(t, clean), origin(t, none)+"+"+head+"-dirty"; got != want {
		t.Errorf("a changed commit: %q, want %q", got, want)
	}
}

// origin returns the origin that "make podman" builds with.
func origin(t *testing.T, env []string) string {
	t.Helper()
	return linked(t, env, ".buildOrigin=", `"`)
}

// linked returns the value of a variable that "make podman" sets in the program.
func linked(t *testing.T, env []string, begin, end string) string {
	t.Helper()
	out := command(t, append(env, "MAKEFLAGS="), "make", "-s", "-n", "-C", "..", "podman")
	_, value, _ := strings.Cut(out, begin)
	value, _, _ = strings.Cut(value, end)
	return value
}
