//go:build linux

package e2e_test

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mountinfo"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// used is the output of a podman about an image in an additional store, and its tree.
type used struct {
	said                    []string
	image, box, made, built *tree.Tree // made and built are nil if it cannot commit
	mount                   mountinfo.Mount
}

// use looks at an image of an additional store in all ways, changes it in a container, and
// saves it for plain podman.
func use(t *testing.T, p *podman.Podman, ref string, img podman.Image) *used {
	t.Helper()
	u := &used{}
	say := func(args ...string) { u.say(p, args...) }
	say("images", "--no-trunc", "--format", "{{.Repository}}:{{.Tag}} {{.ID}} {{.ReadOnly}} {{.Size}}")
	say("image", "inspect", "--format", "{{.Size}} {{.RootFS.Layers}}", ref)
	say("image", "mount", ref)
	say("run", "--rm", "--mount", "type=image,src="+ref+",dst=/mnt", ref, "ls", "/mnt")
	say("run", "--rm", "--user", "1000", ref, "stat", "-c", "%n %a %u", "/usr/bin/sudo", "/usr/bin/su", "/home")
	say("rmi", ref)
	say("rmi", "-f", ref)

	p.Run("create", "--name", "look", ref)
	u.image = seenByContainer(t, p, "look")
	p.Run("run", "--name", "box", ref, "sh", "-c", changes)
	u.box = seenByContainer(t, p, "box")

	archive := filepath.Join(p.Store.Dir, "archive")
	p.Run("save", "-q", "-o", archive, ref)
	q := podman.New(t, podman.Plain)
	q.Run("load", "-q", "-i", archive)
	if got, want := diffIDs(q, ref), img.DiffIDs(); !slices.Equal(got, want) {
		t.Errorf("saved are layers %q, want %q", got, want)
	}
	return u
}

// only has the primary store have the image too, and then not any more.
func (u *used) only(p *podman.Podman, ref string) {
	p.Run("pull", "-q", ref)
	u.say(p, "images", "--format", "{{.ID}} {{.ReadOnly}}", ref)
	p.Run("rmi", "-a")
	u.say(p, "run", "--rm", ref, "cat", "/usr/bin/su")
}

// say notes podman's output without new IDs.
func (u *used) say(p *podman.Podman, args ...string) {
	out, err := p.Try(args...)
	if err != nil {
		_, complaint, _ := strings.Cut(err.Error(), "Error: ")
		out += "Error: " + complaint
	}
	u.said = append(u.said, fmt.Sprintf("%q: %s", args, container.ReplaceAllString(out, "container ID")))
}

var container = regexp.MustCompile(`container [0-9a-f]{64}`)

// commit makes images whose layers are in two stores, and pushes them for plain podman.
func (u *used) commit(t *testing.T, p *podman.Podman, ref string) {
	t.Helper()
	p.Run("commit", "-q", "box", "made")
	dir := p.Run("image", "mount", "made")
	u.made, u.mount = readTree(t, dir), podman.MountAt(t, dir)
	p.Run("image", "unmount", "made")
	writeFile(t, p.Store.Dir, "Containerfile", "FROM "+ref+"\nRUN rm -r /odd /gone && touch -d @9 /built\nRUN chmod 711 /usr/bin/su && rm /external\n")
	p.Run("build", "-q", "--network=none", "--ulimit=nproc=4096:4096", "--layers", "-t", "built", p.Store.Dir)
	u.built = seen(t, p, "built")

	q := podman.New(t, podman.Plain)
	for name, tr := range map[string]*tree.Tree{"made": u.made, "built": u.built} {
		there := ref + "/" + filepath.Base(p.Store.Dir) + "/" + name
		p.Run("push", "-q", name, there)
		q.Run("pull", "-q", there)
		if got, want := diffIDs(q, there), diffIDs(p, name); !slices.Equal(got, want) {
			t.Errorf("pushed are layers %q, want %q", got, want)
		}
		same(t, name+" and what was pushed", tr, seen(t, q, there))
	}
}

// compare reports how two podmans differ.
func (u *used) compare(t *testing.T, want *used) {
	t.Helper()
	if want == nil {
		t.Fatal("plain podman has failed")
	}
	for i, said := range u.said {
		if said != want.said[i] {
			t.Errorf("podman says %s, the plain one %s", said, want.said[i])
		}
	}
	same(t, "the plain one's image and this", want.image, u.image, "/") // a layer image has its own root
	same(t, "the plain one's container and this", want.box, u.box, "/")
	if u.made != nil {
		same(t, "what the plain one has committed and this", want.made, u.made, "/")
		same(t, "what the plain one has built and this", want.built, u.built, "/")
	}
}

// checkMount checks that an image whose top layer only is in the primary store is mounted
// with as few layers as can be, and that these are in both stores.
func (u *used) checkMount(t *testing.T, there podman.Kind, layers int) {
	t.Helper()
	lowers, data := u.mount.Layers()
	want := map[podman.Kind][2]int{podman.Plain: {1 + layers, 1}, podman.StockComposefs: {1, 1 + layers}, podman.Ours: {1, 2}}[there]
	if len(lowers) != want[0] || len(data) != want[1] {
		t.Errorf("lower layers %q, data-only ones %q; wanted are %v", lowers, data, want)
	}
}
