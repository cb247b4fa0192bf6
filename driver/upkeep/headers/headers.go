//go:build linux

package headers

import (
	"archive/tar"
	"fmt"
	"maps"
	"os"
	"path"

	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/driver/pull/blob"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/store/images"
)

// Link is a hard link whose header has other metadata than its file.
type Link struct {
	Layer      string // ID
	Name, File string // in the tar
}

func (l Link) String() string {
	return fmt.Sprintf("layer %s: the header of hard link %q has other metadata than that of %q", l.Layer, l.Name, l.File)
}

// Links returns the hard links of a layer whose headers have other metadata than their files. Unpacking, and so
// our images, gives the file the metadata of the last header. composefs-rs ignores those of hard links (tar.rs),
// and has another digest for such an image.
func Links(stores *chain.Stores, l chain.Layer) (list []Link, err error) {
	if has, err := hasLinks(l); err != nil || !has {
		return nil, err
	}
	name, err := stores.TarSplit(l)
	if err != nil {
		return nil, err
	}
	split, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer split.Close()               //nolint:errcheck // open for reading
	files := map[string]*tar.Header{} // by clean name
	err = blob.Headers(split, func(h *tar.Header) error {
		name := path.Clean("/" + h.Name)
		if h.Typeflag != tar.TypeLink {
			files[name] = h
			return nil
		}
		target := path.Clean("/" + h.Linkname)
		file, ok := files[target]
		if ok && !same(h, file) {
			list = append(list, Link{l.ID, h.Name, file.Name})
		}
		files[name] = file
		return nil
	})
	return list, err
}

// hasLinks reports whether a layer has a file with several names. Its image is read in a tenth of the time of the
// tar-split.
func hasLinks(l chain.Layer) (has bool, err error) {
	f, img, err := images.OpenLayer(l)
	if err != nil {
		return false, err
	}
	defer f.Close() //nolint:errcheck // open for reading
	err = img.Walk(func(_ string, _ uint64, n *tree.Inode) error {
		has = has || n.Nlink > 1 && !n.IsDir()
		return nil
	})
	return has, err
}

// same reports whether two headers give a file the same metadata.
func same(a, b *tar.Header) bool {
	if b == nil {
		return true
	}
	return a.Mode&0o7777 == b.Mode&0o7777 && a.Uid == b.Uid && a.Gid == b.Gid && a.ModTime.Unix() == b.ModTime.Unix() && maps.Equal(xattrs(a), xattrs(b))
}

// xattrs returns the xattrs in a header.
func xattrs(h *tar.Header) map[string]string {
	found := maps.Clone(h.PAXRecords)
	maps.DeleteFunc(found, func(key, _ string) bool { return len(key) < len(xattrPrefix) || key[:len(xattrPrefix)] != xattrPrefix })
	return found
}

const xattrPrefix = "SCHILY.xattr."
