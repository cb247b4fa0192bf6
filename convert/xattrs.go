package convert

import "github.com/composefs-storage/composefs-storage/convert/tree"

// XattrFile is a file and its xattrs.
type XattrFile struct {
	Path   string // absolute, in the layer
	Xattrs tree.Xattrs
}

// Size returns how many bytes the names and values have.
func (f XattrFile) Size() (n int) {
	for _, x := range f.Xattrs {
		n += len(x.Name) + len(x.Value)
	}
	return n
}

// xattrsAnywhere is how many bytes of xattrs of a file any file system holds, with
// xattrEntry bytes for each beside name and value: ext4 with blocks of 1 KiB has the least
// room, one block.
const (
	xattrsAnywhere = 512
	xattrEntry     = 16
)

// largestXattrs returns the files of a layer by which to find out whether a file system can
// hold the xattrs of all: the one with the most bytes of them, for those that limit the
// sum, and the one with the longest value, for those that limit each. If any file system
// can hold them, it returns none.
func largestXattrs(t *tree.Tree) (files []XattrFile) {
	var most, longest XattrFile
	mostBytes, longestValue := xattrsAnywhere, xattrsAnywhere
	_ = t.Walk(func(path string, e *tree.Entry) error {
		f := XattrFile{path, e.Inode.Xattrs}
		if n := f.Size() + xattrEntry*len(f.Xattrs); n > mostBytes {
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
