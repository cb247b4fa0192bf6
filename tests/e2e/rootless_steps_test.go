//go:build linux

package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// steps are steps of a build, each of which changes what the steps before have made.
const steps = `RUN mkdir -p /a/b/c && echo 1 >/a/b/c/one && ln /a/b/c/one /a/linked && chown 3:4 /a/b
RUN rm /a/b/c/one && echo 2 >/a/b/two && ln /a/b/two /a/b/again
RUN rm -r /a/b && mkdir /a/b && echo 3 >/a/b/three && rm -r /usr
RUN rm -r /a/b && echo 4 >/a/b && ln /a/linked /a/more
RUN rm /a/b /a/linked && mkdir -p /a/b/c && chmod 700 /a && echo 5 >/home/big
RUN mv /a /moved && touch -d @1 /moved
`

// TestServedSteps builds as a user. In each step the image of the step before is extended by a layer: "check" merges all
// layers of each image anew and compares, and a container sees the files of a build by plain podman.
func TestServedSteps(t *testing.T) {
	t.Parallel()
	ref := pushImage(t, image(t, rich()...))
	var seen []string
	for _, kind := range []podman.Kind{podman.Plain, podman.Ours} {
		p := rootless(t, kind, "")
		dir := filepath.Join(p.Store.Dir, "tmp")
		must(t, os.WriteFile(filepath.Join(dir, "Containerfile"), []byte("FROM "+ref+"\n"+steps), 0o644))
		p.Run("build", "-q", "--layers", "--network=none", "-t", "built", dir)
		seen = append(seen, p.Run("run", "--rm", "--network=none", "built", "sh", "-c",
			"find / -xdev | sort | xargs -d '\\n' stat -c '%n %F %a %u:%g %h' | grep -v -e '^/proc' -e '^/sys' -e '^/dev' -e '^/etc' -e '^/run'; cat /home/big; stat -c %Y /moved"))
		if kind == podman.Plain {
			continue
		}
		out, err := p.Storage(t.Context(), "check", "--all").CombinedOutput()
		if err != nil || !strings.Contains(string(out), "7 merged images") {
			t.Errorf("check: %v: %s", err, out)
		}
	}
	if seen[1] != seen[0] {
		t.Errorf("got\n%s\nwant, as plain podman shows\n%s", seen[1], seen[0])
	}
}
