package treetest

import (
	"fmt"
	"math/rand/v2"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// RootFS returns a tree of exactly n entries, the root included, that resembles the root file
// system of a distribution: a directory for every ten entries, a tenth symlinks, a tenth inline
// files, some content stored twice, SELinux labels on everything, few mtimes. It is the same for
// the same n.
func RootFS(n int) *tree.Tree {
	r := rand.New(rand.NewPCG(2026, uint64(n)))
	t := tree.New()
	t.Root.Xattrs = labels[0]
	dirs := []*tree.Inode{t.Root}
	for i := 1; i < n; i++ {
		dir := dirs[r.IntN(len(dirs))]
		inode := &tree.Inode{Nlink: 1, MtimeSec: 1700000000 + int64(r.IntN(50)), Xattrs: labels[r.IntN(8)]}
		name := fmt.Sprintf("%s%d", [...]string{"lib", "file-", "README.", "module_", "x"}[r.IntN(5)], i)
		switch k := r.IntN(10); {
		case k == 0:
			inode.Mode, inode.Nlink, inode.Dir = tree.TypeDir|0o755, 2, new(tree.Dir)
			dirs = append(dirs, inode)
		case k == 1:
			inode.Mode, inode.Payload = tree.TypeSymlink|0o777, fmt.Sprintf("../lib/libsomething.so.%d", i)
			inode.Size = uint64(len(inode.Payload))
		case k == 2:
			inode.Mode, inode.Content = tree.TypeRegular|0o644, fmt.Sprintf("content of the small file %d\n", i)
			inode.Size = uint64(len(inode.Content))
		default:
			inode.Mode, inode.Size = tree.TypeRegular|0o644, 65+r.Uint64N(1<<18)
			number := i
			if r.IntN(10) == 0 {
				number = r.IntN(i) // the same content as another
			}
			var digest [32]byte
			content := rand.New(rand.NewPCG(uint64(number), 1))
			for b := range digest {
				digest[b] = byte(content.UintN(256))
			}
			inode.Digest = verity.NewDigest(digest[:])
			inode.Payload = tree.ObjectPath(inode.Digest)
		}
		if err := dir.Dir.Add(tree.Entry{Name: name, Inode: inode}); err != nil {
			panic(err) // names are made unique by i
		}
	}
	return t
}

// labels are the sets that RootFS gives to its inodes.
var labels = func() (sets [8]tree.Xattrs) {
	for i := range sets {
		sets[i] = tree.Xattrs{{Name: "security.selinux", Value: fmt.Sprintf("system_u:object_r:type%d_t:s0\x00", i)}}
	}
	return sets
}()
