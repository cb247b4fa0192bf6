package convert

import (
	"errors"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// Canonical turns the tree of an OCI image into the one that composefs-rs makes of it
// (transform_for_oci in its generic_tree.rs), whose image's digest is what is signed:
// the root has the metadata of /usr, for layers seldom say anything of it; /run is
// empty and has the time of /usr; of xattrs only security.capability is left, and
// user.* if keepUser is set. It is an error if /usr is no directory, or /run is
// something else.
func Canonical(t *tree.Tree, keepUser bool) error {
	usr, ok := t.Lookup("/usr")
	if !ok {
		return errors.New("canonical tree: there is no /usr, whose metadata the root is to have")
	}
	if !usr.Inode.IsDir() {
		return errors.New("canonical tree: /usr is not a directory")
	}
	root := *usr.Inode
	root.Dir = t.Root.Dir
	*t.Root = root
	if run, ok := t.Lookup("/run"); ok {
		if !run.Inode.IsDir() {
			return errors.New("canonical tree: /run is not a directory")
		}
		run.Inode.Dir = new(tree.Dir)
		run.Inode.MtimeSec, run.Inode.MtimeNsec = root.MtimeSec, root.MtimeNsec
	}
	filterAll(t.Root, keepUser)
	t.Relink() // files of /run may have had other names
	return nil
}

// filterAll filters the xattrs of everything in a tree. It needs no paths, which in a
// deep tree are long.
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
