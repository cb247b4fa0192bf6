//go:build linux

package stock_test

import (
	"archive/tar"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/tests/stock"
)

type headers = []tar.Header

func file(name string) tar.Header {
	return tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o644}
}

func dir(name string) tar.Header {
	return tar.Header{Name: name, Typeflag: tar.TypeDir, Mode: 0o750, Uid: 5}
}

func link(name, to string) tar.Header {
	return tar.Header{Name: name, Typeflag: tar.TypeLink, Linkname: to, Mode: 0o600, ModTime: time.Unix(7, 0)}
}

func symlink(name, to string) tar.Header {
	return tar.Header{Name: name, Typeflag: tar.TypeSymlink, Linkname: to}
}

// with returns h with an xattr.
func with(h tar.Header, name, value string) tar.Header {
	h.PAXRecords = map[string]string{"SCHILY.xattr." + name: value}
	return h
}

// at returns h with a time.
func at(h tar.Header, sec int64) tar.Header {
	h.ModTime, h.Format = time.Unix(sec, 0), tar.FormatPAX
	return h
}

// owned returns h with an owner.
func owned(h tar.Header, uid int) tar.Header {
	h.Uid = uid
	return h
}

// perm returns h with other permissions.
func perm(h tar.Header, mode int64) tar.Header {
	h.Mode = mode
	return h
}

const (
	capNetRaw = "\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"

	// For a mode of 0640, without and with an entry for user 1.
	plainACL = "\x02\x00\x00\x00\x01\x00\x06\x00\xff\xff\xff\xff\x04\x00\x04\x00\xff\xff\xff\xff\x20\x00\x00\x00\xff\xff\xff\xff"
	userACL  = "\x02\x00\x00\x00\x01\x00\x06\x00\xff\xff\xff\xff\x02\x00\x04\x00\x01\x00\x00\x00\x04\x00\x04\x00\xff\xff\xff\xff" +
		"\x10\x00\x04\x00\xff\xff\xff\xff\x20\x00\x00\x00\xff\xff\xff\xff"
)

var long = strings.Repeat("n", 255)

// TestFacts holds the less obvious behaviour of the stock driver. A converter of
// layers has to do the same, or to give the reason.
func TestFacts(t *testing.T) {
	s := stock.New(t)
	for _, tc := range []struct {
		name   string
		layers []headers
		path   string
		want   string // the result of describe, or a part of the error
	}{
		{"the root without an entry", []headers{{file("f")}}, "", "40555 0"},
		{"an entry ./ for the root has no effect", []headers{{dir("./")}}, "", "40555 0"},
		{"an entry / has one", []headers{{dir("/")}}, "", "40750 0"},
		{"an entry / has one on the layers above", []headers{{dir("/")}, {file("f")}}, "", "40750 0"},
		{".. at the root", []headers{{file("../../f")}}, "f", "100644 0 time 0"},
		{"a path that climbs from nowhere implies nothing", []headers{{file("a/../f")}}, "a", "missing"},

		{"an implied directory resets the one below", []headers{{dir("d")}, {file("d/f")}}, "d", "40755 0"},
		{"an implied directory in one with setgid", []headers{{perm(dir("d"), 0o2750), file("d/e/f")}}, "d/e", "42755 0"},
		{"a directory that is only in the name of a whiteout", []headers{{file("d/.wh.f")}}, "d", "40755 0"},
		{"a whiteout in it", []headers{{file("d/.wh.f")}}, "d/f", "listed but missing"},
		{"a whiteout in an opaque directory", []headers{{dir("d"), file("d/f")}, {file("d/.wh..wh..opq"), file("d/.wh.f")}}, "d/f", "listed but missing"},
		{"a whiteout in a directory that is below", []headers{{dir("d"), file("d/f")}, {file("d/.wh.f")}}, "d/f", "missing"},

		{"a whiteout after the entry", []headers{{file("f"), file(".wh.f")}}, "", "refused: file exists"},
		{"a whiteout before the entry", []headers{{file("f")}, {file(".wh.f"), owned(file("f"), 7)}}, "f", "100644 7 time 0"},
		{"a whiteout twice", []headers{{file(".wh.f"), file(".wh.f")}}, "", "refused: file exists"},
		{"a whiteout without a name", []headers{{file(".wh.")}}, "", "refused: file exists"},
		{"a whiteout of .", []headers{{file("d/.wh..")}}, "", "refused: file exists"},
		{"a whiteout of ..", []headers{{file("d/.wh...")}}, "", "refused: file exists"},
		{"a whiteout that is a directory", []headers{{file("f")}, {dir(".wh.f/")}}, "f", "missing"},
		{"a directory with the name of a whiteout", []headers{{file("f")}, {file(".wh.f/g")}}, ".wh.f/g", "100644 0 time 0"},
		{"a whiteout in a whiteout", []headers{{file("d/f")}, {file(".wh.d"), file("d/.wh.f")}}, "d", "missing"},
		{"an opaque marker in a whiteout", []headers{{file("d/f")}, {file(".wh.d"), file("d/.wh..wh..opq")}}, "d", "missing"},
		{"an entry in a whiteout", []headers{{file("d/f")}, {file(".wh.d"), file("d/f")}}, "", "refused: open /d/f: not a directory"},
		{"a whiteout and then the directory: what is below shows", []headers{{file("d/f")}, {file(".wh.d"), dir("d")}}, "d/f", "100644 0 time 0"},
		{"a whiteout through a symlink", []headers{{file("d/f")}, {dir("d"), symlink("s", "d"), file("s/.wh.f")}}, "d/f", "missing"},
		{"an opaque marker through a symlink", []headers{{file("d/f")}, {dir("d"), symlink("s", "d"), file("s/.wh..wh..opq")}}, "d/f", "missing"},
		{"a hard link to a whiteout deletes too", []headers{{file("f"), file("g")}, {file(".wh.f"), link("g", "f")}}, "g", "missing"},

		{"below a symlink to a directory of the layer", []headers{{dir("d"), symlink("s", "d"), file("s/f")}}, "d/f", "100644 0 time 0"},
		{"below a symlink of the layer below", []headers{{dir("d"), symlink("s", "d")}, {file("s/f")}}, "s", "40755 0"},
		{"below a symlink to what is in the layer below", []headers{{dir("d")}, {symlink("s", "d"), file("s/f")}}, "", "refused: open /s/f: no such file or directory"},
		{"below a symlink to nothing", []headers{{symlink("s", "d"), file("s/e/f")}}, "", "refused: mkdir /s: file exists"},
		{"below a file", []headers{{file("f"), file("f/g")}}, "", "refused: open /f/g: not a directory"},
		{"below a file of the layer below", []headers{{file("f")}, {file("f/g")}}, "f", "40755 0"},

		{"a hard link changes its file", []headers{{owned(file("f"), 7), link("l", "f")}}, "f", "100600 0 time 7"},
		{"a hard link with .. in its target changes the owner only", []headers{{owned(file("f"), 7), link("l", "x/../f")}}, "f", "100644 0 time 0"},
		{"a hard link to a symlink changes the owner only", []headers{{at(owned(symlink("s", "x"), 7), 3), link("l", "s")}}, "s", "120777 0 time 3"},
		{"a hard link adds xattrs", []headers{{with(file("f"), "user.a", "1"), with(link("l", "f"), "user.b", "1")}}, "f", "100600 0 time 7 user.a user.b"},
		{"a hard link with another owner takes the capability", []headers{{with(owned(file("f"), 7), "security.capability", capNetRaw), link("l", "f")}}, "f", "100600 0 time 7"},
		{"a hard link with the same owner does not", []headers{{with(file("f"), "security.capability", capNetRaw), link("l", "f")}}, "f", "100600 0 time 7 security.capability"},
		{"a hard link to the layer below", []headers{{file("f")}, {link("l", "f")}}, "", "refused: no such file or directory"},
		{"a hard link to a directory", []headers{{dir("d"), link("l", "d")}}, "", "refused: operation not permitted"},
		{"a hard link to itself", []headers{{file("f"), link("f", "f")}}, "", "refused: no such file or directory"},
		{"a hard link to what comes later", []headers{{link("l", "f"), file("f")}}, "", "refused: no such file or directory"},
		{"a hard link through a symlink that climbs to the root", []headers{{file("f"), dir("d"), dir("e"), symlink("d/s", "../e"), link("d/s/l", "f")}}, "", "refused: invalid cross-device link"},
		{"a hard link through a symlink", []headers{{file("f"), dir("d"), dir("e"), symlink("d/s", "/e"), link("d/s/l", "f")}}, "e/l", "100600 0 time 7"},

		{"the time of a directory stays with what replaces it", []headers{{at(dir("d"), 5), at(file("d"), 6)}}, "d", "100644 0 time 5"},
		{"a directory replaced by a symlink to nothing", []headers{{dir("d"), symlink("d", "x")}}, "", "refused: chtimes /d: no such file or directory"},
		{"a directory replaced by a symlink to a file", []headers{{at(file("f"), 3), at(dir("d"), 5), symlink("d", "f")}}, "f", "100644 0 time 5"},
		{"a directory in one that is replaced", []headers{{dir("d"), dir("d/e"), file("d")}}, "", "refused: chtimes /d/e: not a directory"},
		{"a directory twice", []headers{{with(dir("d"), "user.a", "1"), with(dir("d"), "user.b", "1")}}, "d", "40750 5 user.a user.b"},
		{"a directory over a directory has its own xattrs", []headers{{with(dir("d"), "user.a", "1")}, {with(dir("d"), "user.b", "1")}}, "d", "40750 5 user.b"},

		{"a time before 1970", []headers{{at(file("f"), -5)}}, "f", "100644 0 time 0"},
		{"a time before 1970 of a symlink", []headers{{at(symlink("s", "x"), -5)}}, "s", "120777 0 time -5"},
		{"a time after 2262", []headers{{at(file("f"), 10413792000)}}, "f", "100644 0 time 0"},
		{"a time after 2262 of a symlink overflows", []headers{{at(symlink("s", "x"), 10413792000)}}, "s", "120777 0 time -2147483648"},

		{"security.selinux", []headers{{with(file("f"), "security.selinux", "x")}}, "f", "100644 0 time 0"},
		{"user.* of a symlink", []headers{{with(symlink("s", "x"), "user.a", "1")}}, "", "refused: lsetxattr /s: operation not permitted"},
		{"trusted.* of a symlink", []headers{{with(symlink("s", "x"), "trusted.a", "1")}}, "s", "120777 0 time 0 trusted.a"},
		{"an xattr without a prefix", []headers{{with(file("f"), "foo", "1")}}, "f", "100644 0 time 0"},
		{"an ACL that says what the mode says", []headers{{with(perm(file("f"), 0o640), "system.posix_acl_access", plainACL)}}, "f", "100640 0 time 0"},
		{"an ACL that says more", []headers{{with(perm(file("f"), 0o640), "system.posix_acl_access", userACL)}}, "f", "100640 0 time 0 system.posix_acl_access"},
		{"an ACL changes the mode", []headers{{with(perm(file("f"), 0o777), "system.posix_acl_access", userACL)}}, "f", "100640 0 time 0 system.posix_acl_access"},
		{"a default ACL comes down to a file", []headers{{with(dir("d"), "system.posix_acl_default", userACL), file("d/f")}}, "d/f", "100644 0 time 0 system.posix_acl_access"},
		{"a default ACL comes down to a directory", []headers{{with(dir("d"), "system.posix_acl_default", userACL), dir("d/e")}}, "d/e", "40750 5 system.posix_acl_access system.posix_acl_default"},
		{"a default ACL after the entry does not", []headers{{file("d/f"), with(dir("d"), "system.posix_acl_default", userACL)}}, "d/f", "100644 0 time 0"},
		{"a default ACL of the layer below does not", []headers{{with(dir("d"), "system.posix_acl_default", userACL)}, {file("d/f")}}, "d/f", "100644 0 time 0"},
		{"a malformed capability", []headers{{with(file("f"), "security.capability", "x")}}, "", "refused: lsetxattr /f: invalid argument"},
		{"an owner of -1 is not changed", []headers{{owned(file("f"), 1<<32-1)}}, "f", "100644 0 time 0"},

		{"a contiguous file", []headers{{{Name: "f", Typeflag: tar.TypeCont, Mode: 0o644}}}, "", "refused: unhandled tar header type 55"},
		{"an unknown type", []headers{{{Name: "f", Typeflag: 'Z', Mode: 0o644}}}, "", "refused: unhandled tar header type 90"},
		{"a global header deletes a file of its name", []headers{{file("GlobalHead.0.0"), {Typeflag: tar.TypeXGlobalHeader, PAXRecords: map[string]string{"comment": "x"}}}}, "GlobalHead.0.0", "missing"},
		{"a global header in a directory implies it", []headers{{{Name: "d/g", Typeflag: tar.TypeXGlobalHeader, PAXRecords: map[string]string{"comment": "x"}}}}, "d", "40755 0"},
		{"a character device 0:0 deletes", []headers{{file("f")}, {{Name: "f", Typeflag: tar.TypeChar, Mode: 0o644}}}, "f", "missing"},
		{"a character device 0:0 with nothing below", []headers{{{Name: "f", Typeflag: tar.TypeChar, Mode: 0o644}}}, "f", "missing"},
		{"a block device 0:0 does not", []headers{{file("f")}, {{Name: "f", Typeflag: tar.TypeBlock, Mode: 0o644}}}, "f", "60644 0 time 0"},
		{"a hard link to a character device 0:0", []headers{{{Name: "f", Typeflag: tar.TypeChar, Mode: 0o644}, link("l", "f")}}, "l", "missing"},
		{"trusted.overlay.opaque as an xattr", []headers{{file("d/f")}, {with(dir("d"), "trusted.overlay.opaque", "y")}}, "d/f", "missing"},
		{"trusted.overlay.opaque is not shown", []headers{{with(dir("d"), "trusted.overlay.opaque", "y")}}, "d", "40750 5"},
		{"trusted.overlay.foo", []headers{{with(dir("d"), "trusted.overlay.foo", "y")}}, "d", "40750 5"},
		{"trusted.overlay.overlay.foo", []headers{{with(dir("d"), "trusted.overlay.overlay.foo", "y")}}, "d", "40750 5 trusted.overlay.foo"},
		{"user.overlay.opaque", []headers{{file("d/f")}, {with(dir("d"), "user.overlay.opaque", "y")}}, "d/f", "100644 0 time 0"},
		{"user.overlay.opaque is shown", []headers{{with(dir("d"), "user.overlay.opaque", "y")}}, "d", "40750 5 user.overlay.opaque"},
		{"an opaque marker in the root", []headers{{file("f")}, {file(".wh..wh..opq"), file("g")}}, "f", "100644 0 time 0"},
		{"an opaque marker in the root of a middle layer", []headers{{file("f")}, {file(".wh..wh..opq")}, {file("g")}}, "f", "100644 0 time 0"},
		{"an opaque marker ahead of its directory", []headers{{file("d/f")}, {file("d/.wh..wh..opq"), dir("d")}}, "d/f", "missing"},
		{"an opaque directory that returns as a file and a directory", []headers{{file("d/f")}, {file("d/.wh..wh..opq"), file("d"), dir("d")}}, "d/f", "100644 0 time 0"},
		{"a whiteout, then the directory, opaque", []headers{{file("d/f")}, {file(".wh.d"), dir("d"), file("d/.wh..wh..opq")}}, "d/f", "missing"},
		{"a file on a directory on a file: the directory above", []headers{{file("x/f")}, {file("x")}, {file("x/g")}}, "x/f", "missing"},
		{"an xattr of libarchive", []headers{{{Name: "f", Mode: 0o644, PAXRecords: map[string]string{"LIBARCHIVE.xattr.user.a": "MQ=="}}}}, "f", "100644 0 time 0"},
		{"a hard link changes the mask of an ACL", []headers{{with(perm(file("f"), 0o640), "system.posix_acl_access", userACL), perm(link("l", "f"), 0o660)}}, "f", "100660 0 time 7 system.posix_acl_access"},
		{"setuid survives another owner", []headers{{perm(owned(file("f"), 7), 0o4755)}}, "f", "104755 7 time 0"},
		{"a name of .wh. and 255 bytes", []headers{{file(long)}, {file(".wh." + long)}}, long, "missing"},
		{"a name of 256 bytes", []headers{{file(long + "x")}}, "", "refused: open /" + long + "x: file name too long"},
		{"a symlink to the empty string", []headers{{symlink("s", "")}}, "", "refused: symlink  /s: no such file or directory"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var layers [][]byte
			for _, l := range tc.layers {
				layers = append(layers, layer(t, l...))
			}
			got := ""
			if dir, err := s.Try(t, layers...); err != nil {
				got = "refused: " + lastLine(err)
			} else {
				got = describe(t, dir, tc.path)
			}
			if got != tc.want {
				t.Errorf("%s: %s, want %s", tc.path, got, tc.want)
			}
		})
	}
}

// lastLine is the last line of the unpacking child.
func lastLine(err error) string {
	s := strings.TrimSuffix(err.Error(), ")")
	s = s[strings.LastIndexByte(s, '\n')+1:]
	if _, after, ok := strings.Cut(s, "output: "); ok {
		return after
	}
	return s
}

// describe returns the visible state of a path: mode, owner, seconds of the
// modification time unless it is a directory, and names of xattrs.
func describe(t *testing.T, dir, path string) string {
	t.Helper()
	var st unix.Stat_t
	path = filepath.Join(dir, path)
	err := unix.Lstat(path, &st)
	switch {
	case errors.Is(err, unix.ENOENT):
		if slices.Contains(names(t, filepath.Dir(path)), filepath.Base(path)) {
			return "listed but missing"
		}
		return "missing"
	case err != nil:
		t.Fatal(err)
	}
	s := fmt.Sprintf("%o %d", st.Mode, st.Uid)
	if st.Mode&unix.S_IFMT != unix.S_IFDIR {
		s += fmt.Sprintf(" time %d", st.Mtim.Sec)
	}
	buf := make([]byte, 1000)
	n, err := unix.Llistxattr(path, buf)
	if err != nil {
		t.Fatal(err)
	}
	xattrs := strings.Fields(strings.ReplaceAll(string(buf[:n]), "\x00", " "))
	slices.Sort(xattrs)
	return strings.Join(append([]string{s}, xattrs...), " ")
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	f, err := os.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // open for reading
	all, err := f.Readdirnames(-1)
	if err != nil {
		t.Fatal(err)
	}
	return all
}
