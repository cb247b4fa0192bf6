package layertest

import (
	"archive/tar"
	"strings"
)

func links() []Case {
	base := of(File("a", "content"), Link("b", "a"))
	return []Case{{
		Name: "hard link to an earlier entry", Guards: "two files instead of one",
		Layers: layers(base), Want: `a="content" b==a`,
	}, {
		Name: "hard link whose first name is deleted later", Guards: "the file goes with its first name",
		Layers: layers(base, of(wh(".wh.a"))), Want: `b="content"`,
	}, {
		Name: "hard link whose first name is replaced later", Guards: "the second name changes too",
		Layers: layers(base, of(File("a", "new"))), Want: `a="new" b="content"`,
	}, {
		Name: "hard link whose first name is replaced in the layer", Guards: "a name of a file that is gone",
		Layers: layers(of(File("a", "old"), Link("b", "a"), File("a", "new"))), Want: `a="new" b="old"`,
	}, {
		Name: "hard link whose directory is replaced in the layer", Guards: "a name of a file that is gone",
		Layers: layers(of(Dir("d"), File("d/a", "old"), Link("b", "d/a"), Link("c", "b"), File("d", "new"))), Want: `b="old" c==b d="new"`,
	}, {
		Name: "hard link to a symlink", Guards: "a link to its target",
		Layers: layers(of(File("f", "f"), Symlink("s", "f"), Link("t", "s"))), Want: `f="f" s->f t==s`,
	}, {
		Name: "hard link to a device and a fifo", Guards: "links of regular files only",
		Layers: layers(of(Device("null", 1, 3), Link("zero", "null").Owner(0, 0, 0o600))), Want: `null(1,3) zero==null`,
	}, {
		Name: "hard link with another header", Guards: "metadata of the wrong header",
		Layers: layers(of(File("a", "a").Owner(1, 1, 0o600).Xattr("user.a", "1"),
			Link("b", "a").Owner(7, 8, 0o4755).Xattr("user.b", "2").With(func(h *tar.Header) { h.ModTime = Time.AddDate(1, 0, 0) }))),
		Want: `a="a" b==a`,
	}, {
		Name: "hard link in absolute and odd spelling", Guards: "a target that is not found",
		Layers: layers(of(Dir("d"), File("d/a", "a"), Link("b", "/d/a"), Link("c", "./d/../d//a"), Link("e", "../d/a"))), Want: `b="a" c==b d/ d/a==b e==b`,
	}, {
		Name: "hard link through a symlinked directory", Guards: "a target that is not found",
		Layers: layers(of(Dir("d"), File("d/a", "a"), Symlink("way", "d"), Link("b", "way/a"))), Want: `b="a" d/ d/a==b way->d`,
	}, {
		Name: "hard link to a later entry", Guards: "a link to nothing", Stock: Refuses,
		Layers: layers(of(Link("b", "a"), File("a", "a"))), Err: `entry "b": hard link to "a", which is not in the layer so far`,
	}, {
		Name: "hard link to a missing entry", Guards: "a link to nothing", Stock: Refuses,
		Layers: layers(of(File("x", "x"), Link("b", "no/such"))), Err: `entry "b": hard link to "no/such", which is not in the layer so far`,
	}, {
		Name: "hard link into a lower layer", Guards: "a link to nothing", Stock: Refuses,
		Layers: layers(of(File("a", "a")), of(Link("b", "a"))), Err: `entry "b": hard link to "a", which is not in the layer so far`,
	}, {
		Name: "hard link to itself", Guards: "a file that vanishes", Stock: Refuses,
		Layers: layers(of(File("a", "a"), Link("a", "a"))), Err: `entry "a": hard link to "a", which is not in the layer so far`,
	}, {
		Name: "hard link to a directory", Guards: "a directory in two places", Stock: Refuses,
		Layers: layers(of(Dir("d"), Link("e", "d"))), Err: `entry "e": hard link to "d", which is a directory`,
	}}
}

func symlinkedParents() []Case {
	usr := of(Dir("usr"), Dir("usr/lib"), Symlink("lib", "usr/lib"))
	return []Case{{
		Name: "symlinked parent in the same layer", Guards: "stock composefs: mkcomposefs refuses the child of a symlink",
		Layers: layers(append(usr, File("lib/foo", "foo"))), Want: `lib->usr/lib usr/ usr/lib/ usr/lib/foo="foo"`,
	}, {
		Name: "symlinked parent in a lower layer", Guards: "a symlink is followed out of its layer",
		Layers: layers(append(usr, File("usr/lib/a", "a")), of(File("lib/foo", "foo"))),
		Want:   `lib/ lib/foo="foo" usr/ usr/lib/ usr/lib/a="a"`,
	}, {
		Name: "symlinked parents in all spellings", Guards: "a target that is resolved from the wrong place",
		Layers: layers(of(Dir("a"), Dir("a/b"), Symlink("abs", "/a/b"), Symlink("a/up", "../a/b/."), Symlink("high", "../../a"),
			Symlink("chain", "abs"), Symlink("a/b/self", "/"),
			File("abs/1", "1"), File("a/up/2", "2"), File("high/3", "3"), File("chain/4", "4"), File("chain/self/5", "5"), File("chain/new/6", "6"))),
		Want: `5="5" a/ a/3="3" a/b/ a/b/1="1" a/b/2="2" a/b/4="4" a/b/new/ a/b/new/6="6" a/b/self->/ a/up->../a/b/. abs->/a/b chain->abs high->../../a`,
	}, {
		Name: "directory over a symlink to a directory", Guards: "the symlink is followed where it is replaced",
		Layers: layers(append(usr, Dir("lib"), File("lib/foo", "foo"))), Want: `lib/ lib/foo="foo" usr/ usr/lib/`,
	}, {
		Name: "dangling symlink as parent", Guards: "a directory where the symlink leads, or in its place", Stock: Refuses,
		Layers: layers(of(Symlink("lib", "usr/lib"), File("lib/foo", "foo"))), Err: `entry "lib/foo": its directory: a symlink leads to "usr", which is not in the layer so far`,
	}, {
		Name: "symlinks in a circle as parent", Guards: "a loop without end", Stock: Refuses,
		Layers: layers(of(Symlink("a", "b"), Symlink("b", "a"), File("a/foo", "foo"))), Err: `entry "a/foo": its directory: "a": too many symlinks`,
	}, {
		Name: "file as parent", Guards: "a file that becomes a directory", Stock: Refuses,
		Layers: layers(of(File("f", "f"), File("f/x", "x"))), Err: `entry "f/x": its directory: "f": not a directory`,
	}}
}

func names() []Case {
	long := strings.Repeat("n", 255)
	return []Case{{
		Name: "names with ./", Guards: "stock composefs: parent directory missing",
		Layers: layers(of(Dir("./"), Dir("./d/"), File("./d/f", "f"), File("././g", "g"))), Want: `d/ d/f="f" g="g"`,
	}, {
		Name: "root of an owner", Guards: "a root that is not the one of plain overlay",
		Layers: layers(of(Dir("./").Owner(1000, 1000, 0o700), File("f", "f"))), Want: `f="f"`,
	}, {
		Name: "root spelled /", Guards: "a root that is not the one of plain overlay",
		Layers: layers(of(Dir("/").Owner(1000, 1000, 0o750), File("f", "f")), of(File("g", "g"))), Want: `f="f" g="g"`,
	}, {
		Name: "absolute names", Guards: "files outside of the layer",
		Layers: layers(of(Dir("/d"), File("/d/f", "f"), File("//g", "g"))), Want: `d/ d/f="f" g="g"`,
	}, {
		Name: "names with ..", Guards: "files outside of the layer",
		Layers: layers(of(File("../a", "a"), File("../../../etc/b", "b"), Dir("c"), File("c/../../d", "d"), File("c/../e", "e"))),
		Want:   `a="a" c/ d="d" e="e" etc/ etc/b="b"`,
	}, {
		Name: "trailing slashes", Guards: "an empty name",
		Layers: layers(of(Dir("d//"), Dir("d/e///"), File("d/e/f", "f"))), Want: `d/ d/e/ d/e/f="f"`,
	}, {
		Name: "empty name", Guards: "an entry without a name",
		Layers: layers(of(OfType('0', "", "lost"), OfType('5', "", ""), File("f", "f"))), Want: `f="f"`,
	}, {
		Name: "odd bytes in names", Guards: "stock composefs: escaping",
		Layers: layers(of(
			File("a b", "1"), File("a\nb", "2"), File("a\tb", "3"), File(`a\b`, "4"), File("a=b", "5"), File("@a", "6"), File("-", "7"),
			OfType('0', "non\xffutf8\x80", "8"), File("…ü", "9"), File("a\x01b", "0"), File("...", "x"), File(" ", "y"))),
	}, {
		Name: "long names and targets", Guards: "a limit that is off by one",
		Layers: layers(of(File(long, "f"), Dir(strings.Repeat("d", 255)), File(strings.Repeat("d", 255)+"/"+long, "g"), Symlink(strings.Repeat("s", 255), strings.Repeat("t", 4095)))),
	}, {
		Name: "name of 256 bytes", Guards: "an image that the kernel cannot read", Stock: Refuses,
		Layers: layers(of(File(long+"n", "f"))), Err: `invalid name`,
	}, {
		Name: "directory name of 256 bytes", Guards: "an image that the kernel cannot read", Stock: Refuses,
		Layers: layers(of(File(long+"n/f", "f"))), Err: `invalid name`,
	}, {
		Name: "names that look like object directories", Guards: "names that the image uses hide those of the layer",
		Layers: layers(of(Dir("ab"), File("ab/x", "x"), File("00", "0"), Symlink("ff", "ab")), of(wh(".wh.00"), File("cd", "cd"))),
		Want:   `ab/ ab/x="x" cd="cd" ff->ab`,
	}}
}
