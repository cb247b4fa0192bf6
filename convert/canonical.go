package convert

import (
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// NotCanonical is the error for a tree without a canonical form.
type NotCanonical struct{ Why string }

func (e *NotCanonical) Error() string { return "canonical tree: " + e.Why }

// Canonical turns the tree of a container image into the canonical one of composefs-rs
// (transform_for_oci in its generic_tree.rs), whose image digest is signed. The root gets the
// metadata of /usr, because layers rarely have an entry for the root. /run is emptied and gets the
// time of /usr. The only xattrs left are security.capability and, if keepUser is set, user.*. The error
// is a *[NotCanonical] if /usr is missing or not a directory, or if /run exists and is not a directory.
func Canonical(t *tree.Tree, keepUser bool) error {
	usr, ok := t.Lookup("/usr")
	if !ok {
		return &NotCanonical{"/usr is missing, so the root has no metadata to take"}
	}
	if !usr.Inode.IsDir() {
		return &NotCanonical{"/usr is not a directory"}
	}
	root := *usr.Inode
	root.Dir = t.Root.Dir
	*t.Root = root
	if run, ok := t.Lookup("/run"); ok {
		if !run.Inode.IsDir() {
			return &NotCanonical{"/run is not a directory"}
		}
		run.Inode.Dir = new(tree.Dir)
		run.Inode.MtimeSec, run.Inode.MtimeNsec = root.MtimeSec, root.MtimeNsec
	}
	filterAll(t.Root, keepUser)
	t.Relink() // files of /run may have had other names
	return nil
}

// filterAll filters the xattrs of all files in a tree. It builds no paths, which are long in a deep
// tree.
func filterAll(root *tree.Inode, keepUser bool) {
	root.Xattrs = filterXattrs(root.Xattrs, keepUser)
	for todo := []*tree.Dir{root.Dir}; len(todo) > 0; {
		dir := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for e := range dir.All() {
			e.Inode.Xattrs = filterXattrs(e.Inode.Xattrs, keepUser)
			if e.Inode.IsDir() {
				todo = append(todo, e.Inode.Dir)
			}
		}
	}
}

func filterXattrs(x tree.Xattrs, keepUser bool) (kept tree.Xattrs) {
	for _, a := range x {
		if a.Name == "security.capability" || keepUser && strings.HasPrefix(a.Name, "user.") {
			kept = append(kept, a)
		}
	}
	return kept
}
