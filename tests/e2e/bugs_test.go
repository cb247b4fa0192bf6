//go:build linux

package e2e_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// verdict is the expected result of a kind of podman.
type verdict int

const (
	right  verdict = iota
	wrong          // it has the bug, so that the test can be seen to fail
	absent         // the test has no meaning there
)

// guards runs the test of a bug with plain podman, with stock composefs, and with
// ours, which must be right. The test returns the faults that it finds.
func guards(t *testing.T, plain, stock verdict, test func(t *testing.T, p *podman.Podman) error) {
	t.Parallel()
	for kind, v := range []verdict{podman.Plain: plain, podman.StockComposefs: stock, podman.Ours: right} {
		if v == absent {
			continue
		}
		kind := podman.Kind(kind)
		t.Run(kind.String(), func(t *testing.T) {
			switch err := test(t, podman.New(t, kind)); {
			case v == right && err != nil:
				t.Error(err)
			case v == wrong && err == nil:
				t.Errorf("the bug is gone, or the test does not see it%s", report(t))
			}
		})
	}
}

// report names the text of docs/upstream that reports the bug, if any does.
func report(t *testing.T) string {
	t.Helper()
	test, _, _ := strings.Cut(t.Name(), "/")
	for _, path := range glob(t, "../../docs/upstream", "*.md") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, shown, _ := strings.Cut(string(text), "**Shown by**"); strings.Contains(shown, "`"+test+"`") {
			return ": if it is gone, remove docs/upstream/" + filepath.Base(path) + " and the workaround that it names"
		}
	}
	return ""
}

// TestW1DeletedFilesStayDeleted: stock composefs shows them again, and the whiteouts
// too.
func TestW1DeletedFilesStayDeleted(t *testing.T) {
	guards(t, right, wrong, func(t *testing.T, p *podman.Podman) error {
		ref := pull(t, p, podman.Layer(
			layertest.Dir("d"), layertest.File("d/a", "a secret"), layertest.Dir("d/sub"), layertest.File("d/sub/x", "another"),
		), podman.Layer(
			layertest.File("d/.wh.a", ""), layertest.File("d/sub/.wh..wh..opq", ""), layertest.File("d/sub/y", "y"),
		))
		tr := seen(t, p, ref)
		var err error
		for _, name := range []string{"a", ".wh.a", "sub/x", "sub/.wh..wh..opq"} {
			if _, ok := tr.Lookup("/d/" + name); ok {
				err = errors.Join(err, fmt.Errorf("/d/%s is there", name))
			}
		}
		if _, ok := tr.Lookup("/d/sub/y"); !ok {
			err = errors.Join(err, errors.New("/d/sub/y is missing"))
		}
		if out, err2 := p.Try("run", "--rm", ref, "cat", "/d/a"); err2 == nil {
			err = errors.Join(err, fmt.Errorf("a container reads %q", out))
		}
		return err
	})
}

// TestW2CommittedFilesKeepContents: stock turns a file whose mode was changed into
// zeros, if the container is committed by a podman with composefs turned off.
func TestW2CommittedFilesKeepContents(t *testing.T) {
	guards(t, right, wrong, func(t *testing.T, p *podman.Podman) error {
		ref := pull(t, p, rich()[0])
		p.Run("run", "--name", "box", ref, "sh", "-c", "chmod 700 /home/big; chown 5 /home/big")
		off := p.As(podman.Plain)
		off.Run("commit", "-q", "box", "committed")
		return hasBig(seen(t, off, "committed"))
	})
}

// TestW2TurnedOff is the same with our own podman.
func TestW2TurnedOff(t *testing.T) {
	guards(t, absent, absent, func(t *testing.T, p *podman.Podman) error {
		ref := pull(t, p, rich()...)
		p.Run("run", "--name", "box", ref, "sh", "-c", "chmod 700 /home/big; chown 5 /home/big")
		off := p.As(podman.OursOff)
		off.Run("commit", "-q", "box", "committed")
		return hasBig(seen(t, off, "committed"))
	})
}

// hasBig checks the content of a file of rich.
func hasBig(t *tree.Tree) error {
	e, ok := t.Lookup("/home/big")
	switch {
	case !ok:
		return errors.New("/home/big is missing")
	case e.Inode.Content != strings.Repeat("0123456789", 30_000):
		return fmt.Errorf("/home/big begins with %q", e.Inode.Content[:10])
	}
	return nil
}

// TestW4RootHasItsMode: without an entry for it, the root is 0555.
func TestW4RootHasItsMode(t *testing.T) {
	guards(t, right, wrong, func(t *testing.T, p *podman.Podman) error {
		root := seen(t, p, pull(t, p)).Root
		if root.Mode != tree.TypeDir|0o555 || root.UID != 0 {
			return fmt.Errorf("the root has mode %o", root.Mode)
		}
		return nil
	})
}

// TestW5ImpliedDirectoriesKeepMetadata: a layer that has priv/extra without priv does
// not open priv to all. The plain driver does that too.
func TestW5ImpliedDirectoriesKeepMetadata(t *testing.T) {
	guards(t, wrong, wrong, func(t *testing.T, p *podman.Podman) error {
		tr := seen(t, p, pull(t, p,
			podman.Layer(layertest.Dir("priv").Owner(1000, 1000, 0o700)),
			podman.Layer(layertest.File("priv/extra", "extra"))))
		e, ok := tr.Lookup("/priv")
		if !ok || e.Inode.Mode != tree.TypeDir|0o700 || e.Inode.UID != 1000 {
			return fmt.Errorf("/priv is %o of %d", e.Inode.Mode, e.Inode.UID)
		}
		return nil
	})
}

// TestW6MetadataDoesNotMatter: equal contents are one file in the store, whatever
// their owners and modes.
func TestW6MetadataDoesNotMatter(t *testing.T) {
	guards(t, wrong, wrong, func(t *testing.T, p *podman.Podman) error {
		const size = 70_001
		content := strings.Repeat("x", size)
		pull(t, p,
			podman.Layer(layertest.File("a", content), layertest.File("b", content).Owner(1000, 1, 0o700)),
			podman.Layer(layertest.File("c", content).Xattr("user.note", "c")))
		return oneFile(t, p, size)
	})
}

// TestW7LayersShareContents: contents that are in the store are not copied, although
// use_hard_links is not set.
func TestW7LayersShareContents(t *testing.T) {
	guards(t, wrong, wrong, func(t *testing.T, p *podman.Podman) error {
		const size = 70_001
		content := strings.Repeat("x", size)
		for _, name := range []string{"a", "b"} {
			img := image(t, podman.Layer(layertest.File("f", content), layertest.File(name, name)))
			p.Run("pull", "-q", podman.SharedRegistry(t).Push(t, "w7/"+name, img))
		}
		return oneFile(t, p, size)
	})
}

// oneFile checks that one file of a store has so many bytes.
func oneFile(t *testing.T, p *podman.Podman, size int64) error {
	t.Helper()
	inodes := map[uint64]bool{}
	walk(t, p.Store.Root, func(_ string, info os.FileInfo) {
		if st, ok := info.Sys().(*syscall.Stat_t); ok && info.Mode().IsRegular() && info.Size() == size {
			inodes[st.Ino] = true
		}
	})
	if len(inodes) != 1 {
		return fmt.Errorf("the content is there %d times", len(inodes))
	}
	return nil
}
