package convert

import "github.com/composefs-storage/composefs-storage/convert/tree"

// XattrFile is a file and its xattrs.
type XattrFile struct {
	Path   string // absolute, in the layer
	Xattrs tree.Xattrs
}

// Size returns the number of bytes of the names and values.
func (f XattrFile) Size() (n int) {
	for _, x := range f.Xattrs {
		n += len(x.Name) + len(x.Value)
	}
	return n
}

// room returns the number of bytes that count against xattrsAnywhere.
func (f XattrFile) room() int { return f.Size() + xattrEntry*len(f.Xattrs) }

// xattrsAnywhere is the number of bytes of xattrs that every file system can hold for a file, if
// each xattr counts xattrEntry bytes in addition to name and value. ext4 with blocks of 1 KiB has
// the least room, one block.
const (
	xattrsAnywhere = 512
	xattrEntry     = 16
)

// largestXattrs returns the files of a layer whose xattrs a file system must be able to hold to
// hold those of all: the file with the most bytes, because some file systems limit the sum, and the
// one with the longest value, because some limit each value. If every file system can hold all
// xattrs it returns none.
func largestXattrs(t *tree.Tree) (files []XattrFile) {
	if !anyLarge(t) {
		return nil
	}
	var most, longest XattrFile
	mostBytes, longestValue := xattrsAnywhere, xattrsAnywhere
	_ = t.Walk(func(path string, e *tree.Entry) error {
		f := XattrFile{path, e.Inode.Xattrs}
		if n := f.room(); n > mostBytes {
			most, mostBytes = f, n
		}
		for _, x := range f.Xattrs {
			if len(x.Value) > longestValue {
				longest, longestValue = f, len(x.Value)
			}
		}
		return nil
	})
	if most.Path != "" {
		files = append(files, most)
	}
	if longest.Path != "" && longest.Path != most.Path {
		files = append(files, longest)
	}
	return files
}

// anyLarge reports whether the xattrs of a file exceed xattrsAnywhere. It needs no paths.
func anyLarge(t *tree.Tree) bool {
	for e := range t.All() {
		if x := e.Inode.Xattrs; len(x) > 0 && (XattrFile{Xattrs: x}).room() > xattrsAnywhere {
			return true
		}
	}
	return false
}
