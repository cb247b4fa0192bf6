//go:build crio

package crio_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// versions pushes versions of an image of 40 files of 100 kB, of which each version replaces four, in one layer.
func versions(t *testing.T, count int) (refs []string) {
	t.Helper()
	const files, replaced, size = 40, 4, 100_000
	content := func(seed byte) string {
		data := make([]byte, size)
		_, _ = rand.NewChaCha8([32]byte{seed}).Read(data)
		return string(data)
	}
	contents := make([]string, files)
	for i := range contents {
		contents[i] = content(byte(i))
	}
	for v := range count {
		for i := range replaced {
			contents[(v*replaced+i)%files] = content(byte(100 + v*replaced + i))
		}
		var entries []layertest.Entry
		for i, text := range contents {
			entries = append(entries, layertest.File(fmt.Sprint("file", i), text))
		}
		refs = append(refs, push(t, fmt.Sprint("family", v), podman.Layer(entries...)))
	}
	return refs
}

// used returns the bytes of files that images have on the disk.
func (n *node) used() int64 {
	n.t.Helper()
	bytes, err := strconv.ParseInt(strings.Fields(n.shell(`du -s --block-size=1 "$1"`, n.imageStore()))[0], 10, 64)
	must(n.t, err)
	return bytes
}

// reported returns the size that CRI reports of an image, which kubelet takes for the bytes that its removal frees.
func (n *node) reported(ref string) int64 {
	n.t.Helper()
	var answer struct {
		Images []struct {
			Size string `json:"size"`
		} `json:"images"`
	}
	must(n.t, json.Unmarshal([]byte(n.crictl("images", "--output", "json", ref)), &answer))
	if len(answer.Images) != 1 {
		n.t.Fatalf("%d images are %s", len(answer.Images), ref)
	}
	size, err := strconv.ParseInt(answer.Images[0].Size, 10, 64)
	must(n.t, err)
	return size
}

// TestGarbageCollection removes images of a family as kubelet does. A round removes images until their sizes, as CRI
// reports them, add up to the bytes to be freed. The next round starts from the use of the disk. With shared
// objects that takes more rounds: decision 057.
func TestGarbageCollection(t *testing.T) {
	both(t, func(t *testing.T, k kind) {
		n := newNode(t, k, options{})
		refs := versions(t, 8)
		n.crictl("pull", push(t, "base")) // of all images, it stays
		empty := n.used()
		sum := int64(0)
		for _, ref := range refs {
			n.crictl("pull", ref)
			sum += n.reported(ref)
		}
		full := n.used()
		t.Logf("%s: CRI reports %d bytes, the disk has %d", k, sum, full-empty)
		if ratio := float64(full-empty) / float64(sum); (ratio < 0.6) != (k == ours) {
			t.Errorf("the disk has %.2f of what CRI reports", ratio)
		}
		target, rounds := (full-empty)/4, 0
		for freed := int64(0); freed < target && len(refs) > 0; rounds++ {
			before, counted, removed := n.used(), int64(0), 0
			for counted < target-freed && len(refs) > 0 {
				counted += n.reported(refs[0])
				free, disk := n.freed(refs[0]), n.used()
				n.crictl("rmi", refs[0])
				if took := disk - n.used(); took < free || took > free+300_000 { // and images and records of layers
					t.Errorf("inspect reports that a removal frees %d bytes, and it frees %d", free, took)
				}
				refs, removed = refs[1:], removed+1
			}
			freed = full - n.used()
			t.Logf("%s: round %d removes %d images: kubelet counts %d bytes, the disk has %d fewer, %d of %d in all", k, rounds+1, removed, counted, before-n.used(), freed, target)
		}
		if len(refs) == 0 {
			t.Error("no image is left")
		}
		if rounds > 2 != (k == ours) { // with plain overlay, only the base is counted in vain
			t.Errorf("it takes %d rounds", rounds)
		}
		n.clear()
	})
}

// freed returns the bytes that a removal of the image frees, as "inspect" reports them.
func (n *node) freed(ref string) int64 {
	n.t.Helper()
	out, code := n.storage("inspect", "--json", ref)
	var image struct{ Freed struct{ Bytes int64 } }
	if err := json.Unmarshal([]byte(out), &image); err != nil || code != 0 {
		n.t.Fatalf("inspect: exit code %d, %v: %s", code, err, out)
	}
	return image.Freed.Bytes
}
