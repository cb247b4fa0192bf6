//go:build linux

package e2e_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// inContainer runs a script in a container of a user: flags, REF and the script follow.
func inContainer(script string, flags ...string) []string {
	return append(append([]string{"run", "--rm", "--network=none"}, flags...), "sh", "-c", script)
}

// userCommands are commands of a user, whose output does not depend on the kind of the layers. REF is an
// image, PUSHED the name of one to push, and DIR a directory.
var userCommands = [][]string{
	{"pull", "-q", "REF"},
	inContainer(owners, "REF"),
	{"run", "--rm", "--network=none", "--user=1000", "REF", "stat", "-c", "%A %u:%g %n", "/d", "/d/sub", "/d/sub/new"},
	{"run", "--name=box", "--network=none", "REF", "sh", "-c", changes},
	{"diff", "--format=json", "box"},
	{"diff", "--format=json", "REF"},
	{"export", "-o", "DIR/box.tar", "box"},
	{"commit", "-q", "box", "committed"},
	{"diff", "--format=json", "committed"},
	inContainer(owners, "committed"),
	{"restart", "-t0", "box"},
	{"rm", "-f", "-t0", "box"},
	// An image as a volume, and an overlay of the container's own on a directory.
	inContainer("find /image/d /image/new /image/home -type f -exec stat -c '%n %a %u:%g %s' {} + | sort; cat /image/new/dir/file",
		"--mount=type=image,src=committed,dst=/image", "REF"),
	inContainer("echo changed >/image/new/dir/file; rm -r /image/home; cat /image/new/dir/file; ls /image",
		"--mount=type=image,src=committed,dst=/image,rw=true", "REF"),
	inContainer("echo new >/over/new; ls /over", "-v=DIR/build:/over:O", "REF"),
	inContainer("ls /; touch /x || echo read-only", "--read-only", "REF"),
	{"unshare", "sh", "-ec", `m=$(podman image mount REF); cd $m; find . -exec stat -c '%n %F %a %u:%g' {} + | sort
		sha256sum home/big; cd /; podman image unmount REF >/dev/null`},
	{"build", "-q", "--network=none", "-t", "built", "DIR/build"},
	inContainer(owners, "built"),
	{"push", "-q", "--tls-verify=false", "built", "PUSHED"},
	{"save", "-q", "-o", "DIR/saved.tar", "REF"},
	{"rmi", "-f", "REF"},
	{"load", "-q", "-i", "DIR/saved.tar"},
	inContainer(owners, "REF"),
	{"import", "-q", "DIR/box.tar", "imported"},
	inContainer(owners, "imported"),
	{"pull", "-q", "PUSHED"},
	inContainer(owners, "PUSHED"),
}

// ofUsers are podmans of users, by the state of composefs that info prints.
var ofUsers = map[string]func(t *testing.T) *podman.Podman{
	"on": func(t *testing.T) *podman.Podman { return rootless(t, podman.Ours, "") },
	"off: /dev/fuse cannot be opened: permission denied": func(t *testing.T) *podman.Podman { return withoutFUSE(t, "") },
}

// TestRootless uses podman without root, with layers that a server shows and with plain ones: all is as with plain
// podman.
func TestRootless(t *testing.T) {
	t.Parallel()
	sub := layertest.Dir("d/sub").Owner(1, 2, 0o751)
	ref := pushImage(t, image(t, append(rich(), podman.Layer(layertest.Dir("d"), sub, layertest.File("d/sub/old", "old")),
		podman.Layer(layertest.Dir("d"), sub, layertest.File("d/sub/.wh.old", ""), layertest.File("d/sub/new", "new").Owner(3, 4, 0o644)))...))
	want := outputsOf(t, rootless(t, podman.Plain, ""), ref)
	for state, start := range ofUsers {
		t.Run(state, func(t *testing.T) {
			p := start(t)
			if says := driverSays(t, p, "Composefs"); says != state {
				t.Errorf("info says %q", says)
			}
			got := outputsOf(t, p, ref)
			for i, args := range userCommands {
				if got[i] != want[i] {
					t.Errorf("%q prints\n%s\nwant, as with plain podman\n%s", args, got[i], want[i])
				}
			}
		})
	}
}

var isID = regexp.MustCompile("^(sha256:)?[0-9a-f]{64}$")

// outputsOf returns the outputs of userCommands, apart from IDs, which may depend on the time.
func outputsOf(t *testing.T, p *podman.Podman, ref string) (outputs []string) {
	t.Helper()
	dir := filepath.Join(p.Store.Dir, "tmp")
	steps := "FROM " + ref + "\nRUN echo built >>/external; mkdir /step; mv /hidden/new /step\nCOPY file /copied\nRUN rm -r /home; chown 7:8 /copied\n"
	must(t, os.Mkdir(filepath.Join(dir, "build"), 0o755))
	writeFile(t, filepath.Join(dir, "build"), "Containerfile", steps)
	writeFile(t, filepath.Join(dir, "build"), "file", "copied")
	must(t, os.Chown(filepath.Join(dir, "build"), podman.UserID, podman.UserID))
	names := strings.NewReplacer("REF", ref, "PUSHED", ref+"-"+filepath.Base(p.Store.Dir), "DIR", dir)
	for _, args := range userCommands {
		var named []string
		for _, arg := range args {
			named = append(named, names.Replace(arg))
		}
		out, err := p.Try(named...)
		if err != nil {
			t.Fatal(err)
		}
		if isID.MatchString(out) {
			out = "an ID"
		}
		outputs = append(outputs, out)
	}
	return outputs
}

// TestRootlessReasons checks that info and status report why layers of a user stay plain.
func TestRootlessReasons(t *testing.T) {
	t.Parallel()
	for reason, p := range map[string]*podman.Podman{
		"/dev/fuse cannot be opened: permission denied": withoutFUSE(t, ""),
		`composefs.conf has rootless = "plain"`:         rootless(t, podman.Ours, `rootless = "plain"`),
	} {
		if out := logs(t, p, "pull", "-q", push(t, podman.Layer(layertest.File("f", "f")))); strings.Contains(out, "stay plain: ") && strings.Contains(out, "level=warning msg=\"composefs") {
			t.Errorf("a pull warns: %s", out)
		}
		if got := driverSays(t, p, "Composefs"); got != "off: "+reason {
			t.Errorf("info says %q, want %q", got, reason)
		}
		out, err := p.Storage(t.Context(), "status").CombinedOutput()
		if err != nil || !strings.Contains(string(out), "composefs is off\n  why: "+reason+"\n") {
			t.Errorf("status says %v: %s", err, out)
		}
		if n, _ := composefsLayers(t, p); n > 0 {
			t.Errorf("%q: %d layers are composefs", reason, n)
		}
	}
}

// TestRootlessOwners pulls and loads an image with an owner that the user has no ID for. It is refused with the words of
// plain podman, and nothing is left.
func TestRootlessOwners(t *testing.T) {
	t.Parallel()
	refusal := regexp.MustCompile(`potentially insufficient UIDs or GIDs .* \(requested .*: Check /etc/subuid .* run \\?"podman system migrate\\?": lchown [^ ]*: invalid argument`)
	img := image(t, podman.Layer(layertest.File("other", "other"), layertest.File("far", "far").Owner(100_000, 7, 0o644)))
	for compression := range map[podman.Compression]bool{podman.Gzip: true, podman.Chunked: true} {
		img.Compression = compression
		ref := podman.SharedRegistry(t).Push(t, imageName(t)+"-"+notInName.ReplaceAllString(string(compression), "-"), img)
		var said []string
		for _, kind := range []podman.Kind{podman.Plain, podman.Ours} {
			p := rootless(t, kind, fuse)
			_, err := p.Try("pull", "-q", ref)
			if err == nil {
				t.Fatalf("%s pulls the image", kind)
			}
			said = append(said, strings.ReplaceAll(refusal.FindString(err.Error()), "\\", ""))
			if staged := glob(t, p.Store.Root, "overlay-composefs/staging/*"); len(staged) > 0 {
				t.Errorf("%s: staged layers are left: %q", kind, staged)
			}
		}
		if said[0] == "" || said[1] != said[0] {
			t.Errorf("%s: the error is %q, want %q", compression, said[1], said[0])
		}
	}
}
