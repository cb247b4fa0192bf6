package fsck

import (
	"strings"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// name is the path of a file below an object directory. Nearly all paths are digests; as strings they
// would be most of the memory of a check.
type name struct {
	digest verity.Digest
	other  string // the path if it is no digest
}

// nameOf returns the name for a path below an object directory.
func nameOf[T string | []byte](path T) name {
	if d, ok := digestOf(path); ok {
		return name{digest: d}
	}
	return name{other: string(path)}
}

// backingName returns the name of a regular file's object.
func backingName(n *tree.Inode) name {
	if n.Payload == tree.ByDigest && !n.Digest.IsZero() {
		return name{digest: n.Digest}
	}
	return nameOf(trimSlash(n.BackingPath()))
}

// String returns the path below an object directory.
func (n name) String() string {
	if n.other != "" {
		return n.other
	}
	return objects.Path(n.digest)
}

// digestOf returns the digest in the path of an object.
func digestOf[T string | []byte](path T) (d verity.Digest, ok bool) {
	var sum [sumMax]byte
	n := len(path) / 2
	if n != verity.SHA256.Size() && n != verity.SHA512.Size() || len(path) != 2*n+1 || path[2] != '/' {
		return d, false
	}
	for i := range n {
		at := 2 * i
		if i > 0 {
			at++ // behind the slash
		}
		high, low := digit(path[at]), digit(path[at+1])
		if high|low > 15 {
			return d, false
		}
		sum[i] = high<<4 | low
	}
	return verity.NewDigest(sum[:n]), true
}

// sumMax is the length of the longest digest.
const sumMax = 64

// digit returns the value of a lower-case hexadecimal digit, 255 for any other byte.
func digit(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	}
	return 255
}

// names returns the names and inodes of the files in a layer's object directory. It reads both from the
// directories, because a stat of each file would take most of the time.
func (l *layer) names() (map[name]uint64, error) {
	all := map[name]uint64{}
	shards, err := readShards(l.Diff(), func(n name, inode uint64) { all[n] = inode })
	for _, shard := range shards {
		if err != nil {
			return nil, err
		}
		err = readShard(l.Diff(), shard, func(n name, inode uint64, _ byte) { all[n] = inode })
	}
	return all, err
}

// readShards returns the directories in an object directory, and calls fn for the other entries.
func readShards(dir string, fn func(n name, inode uint64)) (shards []string, err error) {
	err = readDir(dir, func(path []byte, inode uint64, kind byte) {
		if kind == unix.DT_DIR {
			shards = append(shards, string(path))
		} else {
			fn(name{other: string(path)}, inode)
		}
	})
	return shards, err
}

// readShard calls fn for every file in one of the directories of an object directory.
func readShard(dir, shard string, fn func(n name, inode uint64, kind byte)) error {
	path := append([]byte(shard), '/')
	return readDir(dir+"/"+shard, func(file []byte, inode uint64, kind byte) {
		fn(nameOf(append(path, file...)), inode, kind)
	})
}

func trimSlash(name string) string { return strings.TrimPrefix(name, "/") }
