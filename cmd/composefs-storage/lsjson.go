package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// listedFile is a file as ls --json prints it.
type listedFile struct {
	Path    string            `json:"path"`
	RawPath []byte            `json:"rawPath,omitempty"` // if Path is not UTF-8 and so not exact
	Nid     uint64            `json:"nid"`               // the same for all names of an inode
	Type    string            `json:"type"`
	Mode    string            `json:"mode"` // octal, permission bits
	Nlink   uint32            `json:"nlink"`
	UID     uint32            `json:"uid"`
	GID     uint32            `json:"gid"`
	Mtime   string            `json:"mtime"` // seconds "." nanoseconds
	Size    *uint64           `json:"size,omitempty"`
	Major   *uint32           `json:"major,omitempty"`
	Minor   *uint32           `json:"minor,omitempty"`
	Target  *string           `json:"target,omitempty"`
	Content []byte            `json:"content,omitempty"`
	Object  string            `json:"object,omitempty"`
	Digest  string            `json:"digest,omitempty"`
	Opaque  bool              `json:"opaque,omitempty"`  // of a layer: hides lower layers
	Implied bool              `json:"implied,omitempty"` // of a layer: has no metadata of its own
	Xattrs  map[string][]byte `json:"xattrs,omitempty"`
}

var typeNames = map[uint32]string{
	tree.TypeFifo: "fifo", tree.TypeChar: "char", tree.TypeDir: "directory", tree.TypeBlock: "block",
	tree.TypeRegular: "file", tree.TypeSymlink: "symlink", tree.TypeSocket: "socket",
	tree.TypeWhiteout: "whiteout",
}

// jsonPrinter prints an array, an element to a line.
type jsonPrinter struct {
	out   *bufio.Writer
	count int
}

func (p *jsonPrinter) file(path string, nid uint64, n *tree.Inode) error {
	element, err := json.Marshal(describe(path, nid, n))
	if err != nil {
		return err
	}
	separator := ",\n"
	if p.count == 0 {
		separator = "[\n"
	}
	p.count++
	_, err = fmt.Fprintf(p.out, "%s%s", separator, element)
	return err
}

func (p *jsonPrinter) end() error {
	_, err := p.out.WriteString("\n]\n")
	return err
}

func describe(path string, nid uint64, n *tree.Inode) listedFile {
	f := listedFile{
		Path: path, Nid: nid, Type: typeNames[n.Type()], Mode: fmt.Sprintf("%04o", n.Mode&^tree.TypeMask),
		Nlink: n.Nlink, UID: n.UID, GID: n.GID, Mtime: fmt.Sprintf("%d.%09d", n.MtimeSec, n.MtimeNsec),
	}
	if !utf8.ValidString(path) {
		f.RawPath = []byte(path)
	}
	if n.Dir != nil {
		f.Opaque, f.Implied = n.Dir.Opaque, n.Dir.Implied
	}
	switch n.Type() {
	case tree.TypeRegular:
		f.Size = &n.Size
		f.Content = []byte(n.Content)
		f.Object = n.BackingPath()
		if !n.Digest.IsZero() {
			f.Digest = n.Digest.String()
		}
	case tree.TypeSymlink:
		f.Target = &n.Payload
	case tree.TypeChar, tree.TypeBlock:
		major, minor := device(n.Rdev)
		f.Major, f.Minor = &major, &minor
	}
	for _, x := range n.Xattrs {
		if f.Xattrs == nil {
			f.Xattrs = map[string][]byte{}
		}
		f.Xattrs[x.Name] = []byte(x.Value)
	}
	return f
}
