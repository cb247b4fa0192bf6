package mounted

import (
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// Allow lists the allowed differences of two trees. The zero value allows none but link
// counts, as an overlay counts names that it does not show.
type Allow struct {
	// DirTimes: the modification times of directories.
	DirTimes bool

	// Metadata: mode, owner, time and xattrs of the directories at these paths.
	Metadata map[string]bool
}

// Compare returns the differences between a and b that allow does not cover. Which
// names share a file is compared, st_nlink is not.
func Compare(a, b *tree.Tree, allow Allow) []tree.Difference {
	var found []tree.Difference
	for d := range tree.Diff(a, b) {
		if !allow.covers(a, d) {
			found = append(found, d)
		}
	}
	return found
}

func (a Allow) covers(t *tree.Tree, d tree.Difference) bool {
	if d.What == "nlink" {
		return true
	}
	e, ok := t.Lookup(d.Path)
	if !ok || !e.Inode.IsDir() {
		return false
	}
	switch {
	case d.What == "mtime":
		return a.DirTimes || a.Metadata[d.Path]
	case d.What == "mode" && !strings.HasPrefix(d.B, "04"): // of another type
		return false
	case d.What == "mode", d.What == "uid", d.What == "gid", strings.HasPrefix(d.What, "xattr "):
		return a.Metadata[d.Path]
	}
	return false
}
