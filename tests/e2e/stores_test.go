//go:build linux

package e2e_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// others are the ways in which the store of one podman may be used by another one.
var others = []podman.Kind{podman.Plain, podman.StockComposefs, podman.OursOff}

// TestStockUsesOurs pulls with ours; then others, ours with composefs turned off among
// them, run, commit and remove.
func TestStockUsesOurs(t *testing.T) {
	for _, other := range others {
		t.Run(other.String(), func(t *testing.T) {
			t.Parallel()
			p := podman.New(t, podman.Ours)
			ref := pull(t, p, rich()...)
			want := seen(t, p, ref)
			q := p.As(other)
			same(t, "ours and the other", want, seen(t, q, ref), "/") // a layer image has its own root
			checkShared(t, q, p, ref)
		})
	}
}

// TestOursUsesStock pulls with others; then ours runs, commits and removes.
func TestOursUsesStock(t *testing.T) {
	for _, other := range others {
		t.Run(other.String(), func(t *testing.T) {
			t.Parallel()
			p := podman.New(t, other)
			ref := pull(t, p, rich()[0]) // more than that, stock composefs cannot pull
			q := p.As(podman.Ours)
			same(t, "the other and ours", seen(t, p, ref), seen(t, q, ref), "/")
			checkShared(t, q, p, ref)
		})
	}
}

// checkShared has p run and change an image that q has, in turns with q. Plain stock
// podman does not commit: it makes zeros of files whose metadata only was changed
// (TestW2CommittedFilesKeepContents).
func checkShared(t *testing.T, p, q *podman.Podman, ref string) {
	t.Helper()
	p.Run("run", "--name", "box", ref, "sh", "-c", "chmod 700 /home/big; rm /inline; echo new > /external")
	q.Run("start", "-a", "box") // the same again, of which rm fails
	committer := p
	if p.Kind == podman.Plain {
		committer = q
	}
	committer.Run("commit", "-q", "box", "committed")
	tr := seen(t, p, "committed")
	same(t, "one and the other", tr, seen(t, q, "committed"), "/")
	if err := hasBig(tr); err != nil {
		t.Error(err)
	}
	if got := q.Run("run", "--rm", "committed", "sh", "-c", "cat /external; ls /inline 2>/dev/null; true"); got != "new" {
		t.Errorf("/external is %q", got)
	}
	q.Run("rm", "box")
	q.Run("rmi", "committed")
	if err := hasBig(seen(t, p, ref)); err != nil {
		t.Error(err)
	}
	p.Run("rmi", "-a")

	// What others have removed, ours collects when it removes something itself.
	ours := p.As(podman.Ours)
	ours.Run("pull", "-q", ref)
	ours.Run("rmi", ref)
	checkEmpty(t, p)
}

// TestStockCommits holds README's claims about podman without the driver on our layers: it keeps
// the contents of a file whose mode has changed with use_composefs on, and loses them with it off.
func TestStockCommits(t *testing.T) {
	for kind, keeps := range map[podman.Kind]bool{podman.StockComposefs: true, podman.Plain: false} {
		t.Run(kind.String(), func(t *testing.T) {
			t.Parallel()
			ours := podman.New(t, podman.Ours)
			ref := pull(t, ours, rich()[0])
			stock := ours.As(kind)
			stock.Run("run", "--name", "box", ref, "chmod", "700", "/home/big")
			stock.Run("commit", "-q", "box", "committed")
			err := hasBig(seen(t, ours, "committed"))
			zeros := err != nil && strings.Contains(err.Error(), `begins with "\x00`)
			if (err == nil) != keeps || zeros == keeps {
				t.Errorf("the contents are kept: %v (%v), README says %v", err == nil, err, keeps)
			}
		})
	}
}

// TestMixedChain builds one image by turns, so that plain layers and composefs layers
// lie upon each other.
func TestMixedChain(t *testing.T) {
	t.Parallel()
	layers := rich()
	want := seenPlain(t, image(t, layers...))
	for _, turns := range [][]podman.Kind{
		{podman.Ours, podman.OursOff, podman.Ours, podman.OursOff},
		{podman.OursOff, podman.Ours, podman.OursOff, podman.Ours},
		{podman.OursOff, podman.Ours, podman.Ours, podman.OursOff},
		{podman.Plain, podman.Ours, podman.Plain, podman.Ours},
		{podman.Ours, podman.Plain, podman.Plain, podman.Ours},
	} {
		var names []string
		for _, kind := range turns {
			names = append(names, kind.String())
		}
		t.Run(strings.Join(names, " "), func(t *testing.T) {
			s := podman.NewStore(t)
			var ref string
			var p *podman.Podman
			for i, kind := range turns {
				p = s.Podman(t, kind, podman.Options{})
				ref = podman.SharedRegistry(t).Push(t, "mixed/"+string(rune('a'+i)), image(t, layers[:i]...))
				p.Run("pull", "-q", ref)
			}
			for _, kind := range []podman.Kind{podman.Ours, podman.OursOff} {
				p := p.As(kind)
				same(t, "plain and mixed", want, seen(t, p, ref), "/")
				p.Run("run", "--rm", ref, "sh", "-c", changes)
			}
		})
	}
}

// TestImageStore keeps images apart from containers.
func TestImageStore(t *testing.T) {
	treeLikePlain(t, func(t *testing.T, p *podman.Podman) *tree.Tree {
		images := filepath.Join(p.Store.Dir, "images")
		q := p.Store.Podman(t, p.Kind, podman.Options{ImageStore: images, Warns: podman.ImageStoreWarning})
		ref := pull(t, q, rich()...)
		if blobs := glob(t, images, "overlay/*/composefs-data/composefs.blob"); p.Kind == podman.Ours && len(blobs) != 4 {
			t.Errorf("%d of 4 layers are composefs", len(blobs))
		}
		q.Run("run", "--name", "box", ref, "sh", "-c", changes)
		tr := seenByContainer(t, q, "box")
		q.Run("commit", "-q", "box", "committed")
		same(t, "container and image of it", tr, seenIn(t, q, "committed"))
		q.Run("rm", "-a")
		q.Run("rmi", "-a")
		if left := glob(t, images, "overlay/*/diff"); len(left) > 0 {
			t.Errorf("left: %q", left)
		}
		return tr
	})
}

// seenIn returns the tree of an image by way of a container: images of other stores
// cannot be mounted.
func seenIn(t *testing.T, p *podman.Podman, image string) *tree.Tree {
	t.Helper()
	p.Run("create", "--name", "look", image)
	defer p.Run("rm", "look")
	return seenByContainer(t, p, "look")
}
