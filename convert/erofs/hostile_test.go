package erofs_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/treetest"
)

func TestOpenRefuses(t *testing.T) {
	good := write(t, tree.New(), erofs.V1)
	change := func(at int, value uint32) []byte {
		b := bytes.Clone(good)
		binary.LittleEndian.PutUint32(b[at:], value)
		return b
	}
	for _, tc := range []struct {
		name  string
		image []byte
		want  error
	}{
		{"empty", nil, erofs.ErrCorrupt},
		{"short", good[:1000], erofs.ErrCorrupt},
		{"no composefs magic", change(0, 1), erofs.ErrCorrupt},
		{"no EROFS magic", change(1024, 1), erofs.ErrCorrupt},
		{"header version", change(4, 2), erofs.ErrUnsupported},
		{"format version 2, as of composefs-rs", change(12, 2), erofs.ErrUnsupported},
		{"incompatible feature", change(1024+80, 1), erofs.ErrUnsupported},
		{"block size", change(1024+12, 13|36<<16), erofs.ErrUnsupported},
		{"metadata elsewhere", change(1024+40, 1), erofs.ErrUnsupported},
		{"truncated by a block", good[:len(good)-4096], erofs.ErrCorrupt},
		{"extended by a block", append(bytes.Clone(good), make([]byte, 4096)...), erofs.ErrCorrupt},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := erofs.Open(bytes.NewReader(tc.image), int64(len(tc.image)))
			if !errors.Is(err, tc.want) {
				t.Errorf("Open: %v, want %v", err, tc.want)
			}
		})
	}
}

// TestReadErrors checks that an error of the underlying reader is returned.
func TestReadErrors(t *testing.T) {
	b := write(t, treetest.RootFS(5000), erofs.V1)
	m, err := erofs.Open(io.NewSectionReader(bytes.NewReader(b[:len(b)/2]), 0, int64(len(b)/2)), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Tree(); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("Tree of a file that is too short: %v, want io.ErrUnexpectedEOF", err)
	}
}

// TestTreeRefuses reads images whose header has another number of inodes, and whose directory has
// another type for an entry than the inode.
func TestTreeRefuses(t *testing.T) {
	files, dir := tree.New(), tree.NewDir(0)
	add(t, files.Root, "d", dir)
	add(t, dir, "name", regular())
	good := write(t, files, erofs.V1)
	names := bytes.Index(good, []byte("...name")) // in d; their three records of 12 bytes come before
	const inodes, fileType = 1024 + 16, -12 + 10
	for what, at := range map[string]int{"number of inodes": inodes, "type of an entry": names + fileType} {
		b := bytes.Clone(good)
		b[at]++
		m, err := erofs.Open(bytes.NewReader(b), int64(len(b)))
		if err == nil {
			_, err = m.Tree()
		}
		if !errors.Is(err, erofs.ErrCorrupt) {
			t.Errorf("another %s: %v", what, err)
		}
	}
}

// TestManyBytes damages bytes of some images in turn: all of the headers and the first inodes, and
// a sample of the rest.
func TestManyBytes(t *testing.T) {
	for _, name := range []string{"hl-basic", "wh-many", "xattr-shared", "inline-4097"} {
		t.Run(name, func(t *testing.T) {
			_, b := image(t, treetest.Dump(t, name), erofs.V1)
			for i := range b {
				if i > 1300 && i%17 != 0 {
					continue
				}
				for _, flip := range []byte{1, 0x80} {
					b[i] ^= flip
					checkHostile(t, b)
					b[i] ^= flip
				}
			}
		})
	}
}

// TestDense reads the images that need most memory for their size.
func TestDense(t *testing.T) {
	names := tree.New()
	for i := range 20_000 {
		add(t, names.Root, fmt.Sprintf("%03x", i), regular())
	}
	links := tree.New()
	target := regular()
	add(t, links.Root, "f", target)
	for i := range 40_000 {
		if err := links.Root.Dir.Add(tree.Entry{Name: fmt.Sprintf("%03x", i), Inode: target, Link: true}); err != nil {
			t.Fatal(err)
		}
	}
	dirs := tree.New()
	for i := range 5000 {
		d := tree.NewDir(0)
		add(t, d, "x", regular())
		add(t, dirs.Root, fmt.Sprintf("%03x", i), d)
	}
	xattrs := tree.New()
	for i := range 200 {
		n := regular()
		for k := range 500 {
			n.Xattrs = n.Xattrs.With(fmt.Sprintf("user.%x", 500*i+k), "")
		}
		add(t, xattrs.Root, fmt.Sprint(i), n)
	}
	shared := tree.New()
	var set tree.Xattrs
	for k := range 128 {
		set = set.With(fmt.Sprintf("user.%x", k), strings.Repeat("v", k))
	}
	for i := range 2000 {
		n := regular()
		n.Xattrs = set
		add(t, shared.Root, fmt.Sprint(i), n)
	}
	for what, tr := range map[string]*tree.Tree{"names": names, "links": links, "directories": dirs, "xattrs": xattrs, "shared xattrs": shared} {
		t.Run(what, func(t *testing.T) { checkHostile(t, write(t, tr, erofs.V0)) })
	}
}

// TestOverlaps makes many inodes refer to the same large piece of the image, which would multiply
// the memory of a reader without a limit.
func TestOverlaps(t *testing.T) {
	tr := tree.New()
	for i := range 3000 {
		n := regular()
		n.Content, n.Size = "x", 1
		add(t, tr.Root, fmt.Sprintf("%04d", i), n)
	}
	b := write(t, tr, erofs.V0)
	for i := range 3000 { // compact inodes: 32 bytes, 1 byte of content, padding
		at := 1152 + 64 + 257*32 + 64*i
		if binary.LittleEndian.Uint16(b[at+4:]) != 0o100644 {
			continue
		}
		binary.LittleEndian.PutUint16(b[at:], 0)                        // flat plain
		binary.LittleEndian.PutUint32(b[at+8:], 5000)                   // size
		binary.LittleEndian.PutUint32(b[at+16:], uint32(len(b)/4096-2)) // the last two blocks
	}
	checkHostile(t, b)
	if _, err := open(t, b).Tree(); !errors.Is(err, erofs.ErrCorrupt) {
		t.Errorf("Tree: %v, want ErrCorrupt", err)
	}
}

// TestSizeBehind reads the image of a fifo whose SIZE forces the extended form.
func TestSizeBehind(t *testing.T) {
	tr := tree.New()
	add(t, tr.Root, "fifo", &tree.Inode{Mode: tree.TypeFifo | 0o600, Nlink: 1, Size: 1 << 40})
	want := write(t, tr, erofs.V0)
	got, err := open(t, want).Tree()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(write(t, got, erofs.V0), want) {
		t.Error("image → tree → image gives other bytes")
	}
}

// TestDressedAsWhiteout checks that files and directories that merely have the xattrs of escaped
// whiteouts stay files and directories.
func TestDressedAsWhiteout(t *testing.T) {
	tr := tree.New()
	d := tree.NewDir(0o755)
	add(t, tr.Root, "d", d)
	n := regular()
	n.Xattrs = tree.Xattrs{{Name: "trusted.overlay.whiteout"}, {Name: "user.overlay.whiteout"}}
	add(t, d, "f", n)
	for _, v1 := range []bool{false, true} {
		checkRoundTrip(t, tr, v1)
	}
}
