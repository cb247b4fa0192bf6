// Package layer reads a layer tar: the contents of its files go to a [Store] while
// the tar streams by, and everything else becomes a tree.
//
// The tree says what the layer does to those below it: [tree.TypeWhiteout] for a
// name that it deletes, Dir.Opaque for a directory under which nothing of them
// shows, and Dir.Implied for one that is only there because something is in it.
//
// The rules are those of the OCI image specification's layer.md. Where it is silent
// or tars are odd, the tree is what containers/storage's unpacker makes on disk
// (pkg/archive: Unpack with overlay whiteouts in a chroot), so that a container sees
// the same: names are cleaned and cannot leave the root, parents that are symlinks
// in the layer are followed, a later entry replaces an earlier one of that name but
// directories merge, the header of a hard link is applied to the file. Deliberate
// differences:
//
//   - A whiteout hides what is below even if its name returns in the same layer, and
//     wherever in the tar the two stand. The unpacker forgets a whiteout when a
//     directory of that name follows, so that what was deleted shows again, and
//     fails when the whiteout comes second. (A directory that takes the place of a
//     file of its own layer hides nothing, as there.)
//   - An opaque marker in the root is obeyed. overlayfs ignores it there.
//   - What overlayfs would take for a mark of its own but came as data, a character
//     device 0:0 or an xattr trusted.overlay.*, is kept as data.
//   - A default ACL is not inherited by what else the tar has in that directory.
//   - Xattrs that only LIBARCHIVE.xattr.* records have are read, and sparse files in
//     the old GNU format.
//   - A user.* xattr of a file that cannot have one (symlink, device, fifo) is left
//     out. The unpacker fails.
//
// The package looks at no file system: names from the tar are keys in a tree, and
// hostile ones can do no harm. convert/erofs writes the tree, convert merges several.
package layer
