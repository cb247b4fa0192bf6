package layer

import (
	"archive/tar"
	"path"
	"strings"
)

// RawPayload returns the reason why an entry's payload, the bytes between its header and the next
// one, differs from the content of the file with its name, or "". A tar-split that refers to the
// file instead of such a payload cannot reproduce the tar. The reason completes a sentence that
// begins with the entry's name.
func RawPayload(hdr *tar.Header) string {
	switch {
	case isSparse(hdr):
		return "is a sparse file"
	case hdr.Size == 0:
		return ""
	case hdr.Typeflag != tar.TypeReg && hdr.Typeflag != tar.TypeCont:
		return "is not a file, but has a size"
	case strings.HasPrefix(path.Base(path.Clean("/"+hdr.Name)), whiteoutPrefix):
		return "is a whiteout with a content"
	case path.Clean(hdr.Name) == ".":
		return "is the root with a content"
	}
	return ""
}

// LostPayload is RawPayload for a tar-split that containers/storage has written. It returns "" for
// symlinks, directories, devices and fifos with a size too: no payload follows their headers, and a
// getter finds no content for them. For a hard link the getter finds the file's content.
func LostPayload(hdr *tar.Header) string {
	switch hdr.Typeflag {
	case tar.TypeSymlink, tar.TypeDir, tar.TypeChar, tar.TypeBlock, tar.TypeFifo:
		return ""
	}
	return RawPayload(hdr)
}

// isSparse reports whether the payload is the data between the holes of a file: in the old GNU
// format, or by the PAX records of GNU tar. Versions 0.0 and 0.1 have the map of the holes in
// records, which archive/tar joins; version 1.0 has it at the start of the payload.
func isSparse(hdr *tar.Header) bool {
	if hdr.Typeflag == tar.TypeGNUSparse {
		return true
	}
	for key := range hdr.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return true
		}
	}
	return false
}
