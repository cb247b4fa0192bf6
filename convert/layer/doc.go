// Package layer reads a layer tar: the contents of its files go to a [Store] while the tar is read,
// and everything else becomes a tree. The package does no I/O of its own: names from the tar are
// keys in a tree, so hostile names can do no harm. convert/erofs writes the tree, convert merges
// several.
//
// The tree also describes the layer's effect on layers below: [tree.TypeWhiteout] is a name that it
// deletes, Dir.Opaque a directory that hides them, and Dir.Implied a directory without an entry of
// its own, which exists because a file is in it.
//
// # Rules
//
// The rules are those of the OCI image specification's layer.md. Where it is silent, or a tar is
// odd, the tree is the one that the unpacker of containers/storage makes on disk (pkg/archive:
// Unpack with overlay whiteouts in a chroot). Names are cleaned and cannot leave the root. Parents
// that are symlinks in the layer are followed. A later entry replaces an earlier one of that name,
// but directories merge. The header of a hard link is applied to the file. Metadata is the result
// of chown, chmod, utimensat and setxattr in the unpacker's order; so an ACL changes the mode.
//
// # Differences from plain overlay
//
// A merged image shows the tree that the stock overlay driver shows for the same tars, with these
// differences. Each is a named case in convert/layertest. Without 4 to 8, deleted files would come
// back or data would be lost; 4 and 5 follow the image specification.
//
//  1. An implied directory keeps the metadata of the directory below, even if the layer makes it
//     opaque. Plain overlay resets it to 0755 root:root.
//  2. Directories have the modification times of the tar.
//  3. The root, if no layer has an entry for it, is 0555 root:root with time 0. (As in plain
//     overlay, an entry spelled "./" is ignored.)
//  4. A whiteout hides the layers below even if its name returns in the same layer, in either
//     order. The unpacker forgets a whiteout when a directory of that name follows, so deleted
//     files show again. (A directory that replaces a file of its own layer hides nothing, as in
//     plain overlay.)
//  5. An opaque marker in the root hides all layers below. overlayfs ignores it there.
//  6. A character device 0:0 and xattrs trusted.overlay.* with names of up to 247 bytes are data,
//     for nested container stores. In plain overlay they act on the mount and are lost.
//  7. Other files of the tar do not inherit a directory's default ACL.
//  8. Xattrs in LIBARCHIVE.xattr.* records are read if no SCHILY.xattr.* record has that name.
//
// Some tars that the stock driver refuses are accepted: a whiteout after the entry of that name or
// twice, sparse files in the old GNU format, contiguous files, and user.* xattrs of symlinks,
// devices and fifos. Linux has no such xattrs and overlayfs could not copy the file up in a
// container (ENODATA), so they are left out. Xattrs that are too large for the store's file system
// are kept, with a warning: containers can read the file but not change it (ENOSPC). tar-split
// refuses duplicate names before any driver sees them; here the last one counts.
//
// # Contents
//
// Contents go to workers in chunks of 128 KiB. All layers of the process share 24 chunks, and each
// has two of its own. So reading, hashing and writing overlap, and the use of memory does not
// depend on the tar.
package layer
