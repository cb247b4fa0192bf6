package tree_test

import (
	"runtime"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// TestAllocator checks that inodes and their digests have memory of their own, that there are few
// allocations, and that a tree is freed while another one of the same time stays.
func TestAllocator(t *testing.T) {
	if raceEnabled {
		return // the race detector needs memory too
	}
	const n = 10_000
	before := heap()
	var one, other tree.Allocator
	var zero, last [32]byte
	sum := func(i int) []byte {
		last[0], last[1] = byte(i), byte(i>>8)
		return last[:]
	}
	freed, kept := make([]*tree.Inode, n), make([]*tree.Inode, n)
	allocations := testing.AllocsPerRun(1, func() { // runs it twice
		for i := range n {
			freed[i], kept[i] = one.NewFile(), other.NewFile()
			freed[i].Digest, kept[i].Digest = one.Digest(zero[:]), other.Digest(sum(i))
			kept[i].Size = uint64(i)
		}
	})
	if most := float64(2*n/50 + 20); allocations > most {
		t.Errorf("%v allocations of %d inodes, want at most %v", allocations, 2*n, most)
	}
	for i, inode := range kept {
		if inode.Size != uint64(i) || inode.Digest != verity.NewDigest(sum(i)) || freed[i].Digest != verity.NewDigest(zero[:]) {
			t.Fatalf("inode %d shares its memory: %+v", i, inode)
		}
	}
	clear(freed)
	one = tree.Allocator{}
	if used, most := heap()-before, uint64(n*160+n*2*8); used > most {
		t.Errorf("%d bytes for %d inodes, want at most %d", used, n, most)
	}
	runtime.KeepAlive(freed)
	runtime.KeepAlive(kept)
}

// TestSizedDir adds more names than a directory has room for, and fewer.
func TestSizedDir(t *testing.T) {
	for _, room := range []int{0, 1, 3, 511, 512, 1 << 20} {
		d := tree.NewSizedDir(room)
		if _, ok := d.Lookup("a"); ok || d.Len() != 0 {
			t.Errorf("room for %d: a new directory has %d entries", room, d.Len())
		}
		for _, name := range []string{"c", "a", "b"} {
			if err := d.Add(tree.Entry{Name: name, Inode: tree.NewDir(0)}); err != nil {
				t.Fatal(err)
			}
		}
		got := ""
		for e := range d.All() {
			got += e.Name
		}
		if got != "abc" || d.Len() != 3 {
			t.Errorf("room for %d: %d entries, %q", room, d.Len(), got)
		}
	}
}

// TestAll compares the entries that All yields with those of Walk.
func TestAll(t *testing.T) {
	tr := tree.New()
	sub := tree.NewDir(0o755)
	add(t, tr.Root, "sub", sub)
	f := file(0o644)
	add(t, sub, "f", f)
	if err := tr.Root.Dir.Add(tree.Entry{Name: "link", Inode: sub, Link: true}); err != nil {
		t.Fatal(err)
	}
	want := map[string]int{}
	if err := tr.Walk(func(_ string, e *tree.Entry) error { want[e.Name]++; return nil }); err != nil {
		t.Fatal(err)
	}
	for e := range tr.All() {
		want[e.Name]--
	}
	for name, n := range want {
		if n != 0 {
			t.Errorf("%q: Walk visits it %d times more than All", name, n)
		}
	}
	for range tr.All() {
		break // the iterator must stop
	}
}
