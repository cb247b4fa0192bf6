package tree_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

func file(perm uint32) *tree.Inode { return &tree.Inode{Mode: tree.TypeRegular | perm, Nlink: 1} }

func add(t testing.TB, dir *tree.Inode, name string, n *tree.Inode) {
	t.Helper()
	if err := dir.Dir.Add(tree.Entry{Name: name, Inode: n}); err != nil {
		t.Fatal(err)
	}
}

// TestDirOrders adds and removes names in several orders and compares with a map.
func TestDirOrders(t *testing.T) {
	const n = 5000
	var names []string
	for i := range n {
		names = append(names, fmt.Sprintf("%x", i*7919%n))
	}
	sorted := slices.Sorted(slices.Values(names))
	shuffled := slices.Clone(names)
	rand.New(rand.NewPCG(1, 1)).Shuffle(n, func(i, k int) { shuffled[i], shuffled[k] = shuffled[k], shuffled[i] })
	reversed := slices.Clone(sorted)
	slices.Reverse(reversed)
	for what, order := range map[string][]string{"sorted": sorted, "reversed": reversed, "shuffled": shuffled} {
		t.Run(what, func(t *testing.T) {
			var d tree.Dir
			for _, name := range order {
				if err := d.Add(tree.Entry{Name: name, Inode: file(0)}); err != nil {
					t.Fatal(err)
				}
			}
			check(t, &d, sorted)
			for i, name := range order {
				if i%3 == 0 && !d.Remove(name) {
					t.Errorf("Remove(%q) = false", name)
				}
			}
			var left []string
			for i, name := range order {
				if i%3 != 0 {
					left = append(left, name)
				} else if d.Remove(name) {
					t.Errorf("Remove(%q) again = true", name)
				}
			}
			slices.Sort(left)
			check(t, &d, left)
			for name := range slices.Values(left) {
				d.Remove(name)
			}
			check(t, &d, nil)
		})
	}
}

func check(t *testing.T, d *tree.Dir, want []string) {
	t.Helper()
	var got []string
	for e := range d.All() {
		got = append(got, e.Name)
	}
	if !slices.Equal(got, want) || d.Len() != len(want) {
		t.Fatalf("%d names, Len %d, want %d sorted ones", len(got), d.Len(), len(want))
	}
	for _, name := range want {
		if e, ok := d.Lookup(name); !ok || e.Name != name {
			t.Fatalf("Lookup(%q) = %v, %t", name, e, ok)
		}
	}
	if _, ok := d.Lookup("no such name"); ok {
		t.Error("Lookup finds a missing name")
	}
}

func TestDirRefuses(t *testing.T) {
	var d tree.Dir
	if err := d.Add(tree.Entry{Name: "a", Inode: file(0)}); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		want error
	}{
		{"a", tree.ErrExist},
		{"", tree.ErrName},
		{".", tree.ErrName},
		{"..", tree.ErrName},
		{"a/b", tree.ErrName},
		{"a\x00", tree.ErrName},
		{strings.Repeat("n", 256), tree.ErrName},
		{strings.Repeat("n", 255), nil},
		{"...", nil},
		{"\xff", nil},
	} {
		if err := d.Add(tree.Entry{Name: tc.name, Inode: file(0)}); !errors.Is(err, tc.want) {
			t.Errorf("Add(%q): %v, want %v", tc.name, err, tc.want)
		}
	}
	if d.Len() != 4 {
		t.Errorf("Len = %d, want 4", d.Len())
	}
}

// sample returns a tree with a file of each type.
func sample(t testing.TB) *tree.Tree {
	tr := tree.New()
	usr := tree.NewDir(0o755)
	add(t, tr.Root, "usr", usr)
	add(t, usr, "sh", &tree.Inode{Mode: tree.TypeRegular | 0o755, Nlink: 2, Size: 100, Payload: "ab/cd", Digest: verity.NewDigest("\x01" + strings.Repeat("\x00", 31)), MtimeSec: 5})
	add(t, usr, "conf", &tree.Inode{Mode: tree.TypeRegular | 0o644, Nlink: 1, Size: 3, Content: "abc", Xattrs: tree.Xattrs{{Name: "user.a", Value: "1"}, {Name: "user.b", Value: "2"}}})
	add(t, tr.Root, "lib", &tree.Inode{Mode: tree.TypeSymlink | 0o777, Nlink: 1, Payload: "usr", Size: 3})
	add(t, tr.Root, "null", &tree.Inode{Mode: tree.TypeChar | 0o666, Nlink: 1, Rdev: 0x103})
	e, _ := tr.Lookup("/usr/sh")
	if err := tr.Root.Dir.Add(tree.Entry{Name: "bash", Inode: e.Inode, Link: true}); err != nil {
		t.Fatal(err)
	}
	return tr
}

func TestLookup(t *testing.T) {
	tr := sample(t)
	for _, path := range []string{"/", "", "//", "/usr", "usr", "/usr/", "//usr//sh", "/bash"} {
		if _, ok := tr.Lookup(path); !ok {
			t.Errorf("Lookup(%q): not found", path)
		}
	}
	for _, path := range []string{"/nope", "/usr/sh/x", "/lib/sh", "/.", "/usr/..", "/bash/x"} {
		if _, ok := tr.Lookup(path); ok {
			t.Errorf("Lookup(%q): found", path)
		}
	}
}

func TestWalk(t *testing.T) {
	var got []string
	stop := errors.New("stop")
	walk := func(until string) error {
		got = nil
		return sample(t).Walk(func(path string, e *tree.Entry) error {
			got = append(got, path)
			if path == until {
				return stop
			}
			return nil
		})
	}
	if err := walk(""); err != nil {
		t.Fatal(err)
	}
	if want := []string{"/", "/bash", "/lib", "/null", "/usr", "/usr/conf", "/usr/sh"}; !slices.Equal(got, want) {
		t.Errorf("Walk: %q, want %q", got, want)
	}
	if err := walk("/null"); !errors.Is(err, stop) || got[len(got)-1] != "/null" {
		t.Errorf("Walk that is stopped: %v after %q", err, got)
	}
}

// TestDeep walks and compares a tree that is too deep for recursion.
func TestDeep(t *testing.T) {
	tr, other := tree.New(), tree.New()
	for _, x := range []*tree.Tree{tr, other} {
		dir := x.Root
		for range 20_000 {
			next := tree.NewDir(0o755)
			add(t, dir, "d", next)
			dir = next
		}
		if x == other {
			add(t, dir, "f", file(0o644))
		}
	}
	n := 0
	for d := range tree.Diff(tr, other) {
		n++
		if d.What != "entry" || len(d.Path) != 2*20_000+2 {
			t.Errorf("Diff: %s with a path of %d bytes", d.What, len(d.Path))
		}
	}
	if n != 1 {
		t.Errorf("%d differences, want 1", n)
	}
}

// TestDiff changes one thing at a time. Diff must report each change by its name.
func TestDiff(t *testing.T) {
	if !tree.Equal(sample(t), sample(t)) {
		t.Fatal("equal trees differ")
	}
	inode := func(path string, change func(*tree.Inode)) func(*tree.Tree) {
		return func(tr *tree.Tree) {
			e, ok := tr.Lookup(path)
			if !ok {
				t.Fatalf("no %s", path)
			}
			change(e.Inode)
		}
	}
	long := strings.Repeat("x", 500)
	for _, tc := range []struct {
		name   string
		change func(*tree.Tree)
		want   string // "" for equal
	}{
		{"mode", inode("/usr", func(n *tree.Inode) { n.Mode ^= 0o22 }), "/usr: mode 040755 != 040777"},
		{"root mode", inode("/", func(n *tree.Inode) { n.Mode ^= 0o22 }), "/: mode 040755 != 040777"},
		{"type", inode("/null", func(n *tree.Inode) { n.Mode = tree.TypeBlock | 0o666 }), "/null: mode 020666 != 060666"},
		{"uid", inode("/lib", func(n *tree.Inode) { n.UID = 7 }), "/lib: uid 0 != 7"},
		{"gid", inode("/lib", func(n *tree.Inode) { n.GID = 7 }), "/lib: gid 0 != 7"},
		{"seconds", inode("/usr/conf", func(n *tree.Inode) { n.MtimeSec = -1 }), "/usr/conf: mtime 0.000000000 != -1.000000000"},
		{"nanoseconds", inode("/usr/conf", func(n *tree.Inode) { n.MtimeNsec = 1 }), "/usr/conf: mtime 0.000000000 != 0.000000001"},
		{"nlink", inode("/usr/conf", func(n *tree.Inode) { n.Nlink = 9 }), "/usr/conf: nlink 1 != 9"},
		{"nlink of a directory", inode("/usr", func(n *tree.Inode) { n.Nlink = 9 }), ""},
		{"size", inode("/usr/sh", func(n *tree.Inode) { n.Size++ }), "/bash: size 100 != 101"},
		{"size of a directory", inode("/usr", func(n *tree.Inode) { n.Size++ }), ""},
		{"size of a device", inode("/null", func(n *tree.Inode) { n.Size++ }), ""},
		{"content", inode("/usr/conf", func(n *tree.Inode) { n.Content = "abd" }), `/usr/conf: content "abc" != "abd"`},
		{"payload", inode("/usr/sh", func(n *tree.Inode) { n.Payload = "ab/ce" }), `/bash: payload "ab/cd" != "ab/ce"`},
		{"payload of an inline file", inode("/usr/conf", func(n *tree.Inode) { n.Payload = "x" }), ""},
		{"digest", inode("/usr/sh", func(n *tree.Inode) { n.Digest = verity.Digest{} }), "/bash: digest 01" + strings.Repeat("00", 31) + " != -"},
		{"target", inode("/lib", func(n *tree.Inode) { n.Payload = "usR" }), `/lib: target "usr" != "usR"`},
		{"rdev", inode("/null", func(n *tree.Inode) { n.Rdev = 0 }), "/null: rdev 259 != 0"},
		{"rdev of a file", inode("/usr/conf", func(n *tree.Inode) { n.Rdev = 5 }), ""},
		{"xattr value", inode("/usr/conf", func(n *tree.Inode) { n.Xattrs = n.Xattrs.With("user.b", "3") }), `/usr/conf: xattr user.b "2" != "3"`},
		{"xattr missing", inode("/usr/conf", func(n *tree.Inode) { n.Xattrs = n.Xattrs.Without("user.a") }), `/usr/conf: xattr user.a "1" != -`},
		{"xattr added", inode("/usr/conf", func(n *tree.Inode) { n.Xattrs = n.Xattrs.With("user.ab", "") }), `/usr/conf: xattr user.ab - != ""`},
		{"long value, late difference", inode("/usr/conf", func(n *tree.Inode) { n.Xattrs = n.Xattrs.With("user.a", long) }), `/usr/conf: xattr user.a "1" != "` + long[:64] + `" (bytes 0 to 64 of 500)`},
		{"entry missing", func(tr *tree.Tree) { tr.Root.Dir.Remove("null") }, "/null: entry present != -"},
		{"entry added", func(tr *tree.Tree) { add(t, tr.Root, "zz", file(0)) }, "/zz: entry - != present"},
		{"link broken", func(tr *tree.Tree) {
			e, _ := tr.Lookup("/bash")
			n := *e.Inode
			e.Inode, e.Link = &n, false
		}, `/bash: linked to "/bash" != -`},
		{"which entry is real", func(tr *tree.Tree) {
			bash, _ := tr.Lookup("/bash")
			sh, _ := tr.Lookup("/usr/sh")
			bash.Link, sh.Link = false, true
		}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			changed := sample(t)
			tc.change(changed)
			var all []string
			for d := range tree.Diff(sample(t), changed) {
				all = append(all, d.String())
			}
			if tc.want == "" && len(all) > 0 || tc.want != "" && (len(all) == 0 || all[0] != tc.want) {
				t.Errorf("Diff: %q, want %q", all, tc.want)
			}
			if tree.Equal(sample(t), changed) != (tc.want == "") || tree.Equal(changed, sample(t)) != (tc.want == "") {
				t.Error("Equal and Diff disagree")
			}
		})
	}
	a, b := sample(t), sample(t)
	for i, tr := range []*tree.Tree{a, b} {
		inode("/usr/conf", func(n *tree.Inode) { n.Xattrs = n.Xattrs.With("user.a", long+fmt.Sprint(i)) })(tr)
	}
	if tree.Equal(a, b) {
		t.Error("values that differ after the printed part count as equal")
	}
}

func TestXattrsAreNotShared(t *testing.T) {
	base := make(tree.Xattrs, 0, 10) // capacity into which a careless append would write
	base = append(base, tree.Xattr{Name: "b", Value: "1"})
	one, two := base.With("c", "2"), base.With("a", "3")
	if _, ok := two.Get("c"); ok || len(base) != 1 || len(one) != 2 || len(two) != 2 {
		t.Errorf("sets share memory: %v %v %v", base, one, two)
	}
	changed := one.With("b", "9")
	if v, _ := one.Get("b"); v != "1" {
		t.Errorf("With changed the set it was called on: %v, %v", one, changed)
	}
	if got := one.Without("b"); len(got) != 1 || len(one) != 2 {
		t.Errorf("Without = %v, leaves %v", got, one)
	}
}

// TestMillion builds a tree of a million files with digest, payload and label, and checks that it
// fits in 400 MB.
func TestMillion(t *testing.T) {
	if raceEnabled {
		return // the race detector needs memory too
	}
	const n, perDir = 1_000_000, 500
	before := heap()
	tr := tree.New()
	label := tree.Xattrs{{Name: "security.selinux", Value: "system_u:object_r:usr_t:s0"}}
	var dir *tree.Inode
	for i := range n {
		if i%perDir == 0 {
			dir = tree.NewDir(0o755)
			add(t, tr.Root, fmt.Sprintf("directory-%d", i), dir)
			continue
		}
		f := file(0o644)
		f.Size, f.Xattrs = 1000, label
		digest := [32]byte{byte(i), byte(i >> 8), byte(i >> 16)}
		f.Digest = verity.NewDigest(digest[:])
		f.Payload = tree.ObjectPath(f.Digest)
		add(t, dir, fmt.Sprintf("some-file-%d", i), f)
	}
	used := heap() - before
	runtime.KeepAlive(tr)
	t.Logf("%d MB", used>>20)
	if used > 400<<20 {
		t.Errorf("a million entries take %d MB, want at most 400", used>>20)
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
