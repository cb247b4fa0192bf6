package layertest

// Verdict is the behaviour of stock containers/storage in a case.
type Verdict int

const (
	// Same: its plain overlay driver shows the same tree.
	Same Verdict = iota
	// Differs: it shows another one. Want is the right one, and Guards the reason.
	Differs
	// Refuses: it cannot apply the layers. Want is the right tree.
	Refuses
)

// Case is an odd image.
type Case struct {
	Name   string
	Guards string // the mistake that it guards against
	Layers [][]byte
	Stock  Verdict

	// Want is the merged tree in the form of [Contents.List]. It may be missing if the stock
	// driver is the judge.
	Want string

	// Err is a part of the error if the last layer is invalid. Stock refuses it too.
	Err string
}

// layers returns the tars of an image, each given by its entries.
func layers(list ...[]Entry) (tars [][]byte) {
	for _, entries := range list {
		tars = append(tars, Tar(entries...))
	}
	return tars
}

// of is the entries of a layer.
func of(entries ...Entry) []Entry { return entries }

// wh is a whiteout, by the name in the tar.
func wh(name string) Entry { return File(name, "") }

// Ugly returns the odd images.
func Ugly() (cases []Case) {
	for _, part := range [][]Case{
		whiteouts(), opaques(), replacements(), links(), symlinkedParents(), names(),
		metadata(), xattrs(), lookalikes(), contents(), broken(),
	} {
		cases = append(cases, part...)
	}
	return cases
}

func whiteouts() []Case {
	old := of(File("f", "old"), Dir("d"), File("d/a", "a"), Symlink("l", "f"))
	return []Case{{
		Name: "whiteout before the entry", Guards: "the new file is taken for deleted",
		Layers: layers(old, of(wh(".wh.f"), File("f", "new"))), Want: `d/ d/a="a" f="new" l->f`,
	}, {
		Name: "whiteout after the entry", Guards: "a whiteout that hides its own layer's file",
		Layers: layers(old, of(File("f", "new"), wh(".wh.f"))), Stock: Refuses, Want: `d/ d/a="a" f="new" l->f`,
	}, {
		Name: "whiteouts of a file and a symlink and a directory", Guards: "deleted files come back",
		Layers: layers(old, of(wh(".wh.f"), wh(".wh.l"), wh(".wh.d"))), Want: ``,
	}, {
		Name: "whiteout of nothing", Guards: "an error, or a whiteout that shows",
		Layers: layers(old, of(wh(".wh.nothing"), wh("d/.wh.x"), wh("e/.wh.y"))), Want: `d/ d/a="a" e/ f="old" l->f`,
	}, {
		Name: "whiteout in the lowest layer", Guards: "a whiteout that shows",
		Layers: layers(of(wh(".wh.f"), File("g", "g"))), Want: `g="g"`,
	}, {
		Name: "whiteout in a deleted directory", Guards: "an error for tars of some tools",
		Layers: layers(old, of(wh(".wh.d"), wh("d/.wh.a"))), Want: `f="old" l->f`,
	}, {
		Name: "whiteout below a file", Guards: "an error for a file that is deleted anyway",
		Layers: layers(old, of(File("d", "file"), wh("d/.wh.a"))), Want: `d="file" f="old" l->f`,
	}, {
		Name: "deleted directory returns in a later layer", Guards: "its files come back too",
		Layers: layers(old, of(wh(".wh.d")), of(Dir("d"), File("d/b", "b"))), Want: `d/ d/b="b" f="old" l->f`,
	}, {
		Name: "deleted directory returns at once", Guards: "its files come back too, as with plain overlay",
		Layers: layers(old, of(wh(".wh.d"), Dir("d"), File("d/b", "b"))), Stock: Differs, Want: `d/ d/b="b" f="old" l->f`,
	}, {
		Name: "deleted directory returned before", Guards: "the whiteout deletes its own layer's directory",
		Layers: layers(old, of(Dir("d"), File("d/b", "b"), wh(".wh.d"))), Stock: Refuses, Want: `d/ d/b="b" f="old" l->f`,
	}, {
		Name: "deleted directory returns implied", Guards: "an error, or its files come back",
		Layers: layers(old, of(wh(".wh.d"), File("d/b", "b"))), Stock: Refuses, Want: `d/ d/b="b" f="old" l->f`,
	}, {
		Name: "whiteouts in a directory that is deleted afterwards", Guards: "an empty directory stays", Stock: Refuses,
		Layers: layers(old, of(wh("d/.wh.a"), wh("d/x/.wh..wh..opq"), wh(".wh.d"))), Want: `f="old" l->f`,
	}, {
		Name: "whiteout twice", Guards: "an error for a harmless repetition",
		Layers: layers(old, of(wh(".wh.f"), wh(".wh.f"))), Stock: Refuses, Want: `d/ d/a="a" l->f`,
	}, {
		Name: "whiteout through a symlinked parent", Guards: "the wrong file is deleted, or none",
		Layers: layers(old, of(Dir("d"), Symlink("way", "d"), wh("way/.wh.a"))), Want: `d/ f="old" l->f way->d`,
	}, {
		Name: "whiteouts with a content and as a directory", Guards: "its content becomes a file",
		Layers: layers(old, of(File(".wh.f", "content"), Dir("d/.wh.a"))), Want: `d/ l->f`,
	}}
}

func opaques() []Case {
	old := of(Dir("d"), File("d/a", "a"), Dir("d/s"), File("d/s/x", "x"))
	return []Case{{
		Name: "opaque marker first", Guards: "deleted files come back",
		Layers: layers(old, of(Dir("d"), wh("d/.wh..wh..opq"), File("d/b", "b"))), Want: `d/ d/b="b"`,
	}, {
		Name: "opaque marker last", Guards: "it deletes its own layer's files",
		Layers: layers(old, of(Dir("d"), File("d/b", "b"), wh("d/.wh..wh..opq"))), Want: `d/ d/b="b"`,
	}, {
		Name: "opaque marker only", Guards: "deleted files come back",
		Layers: layers(old, of(wh("d/.wh..wh..opq"))), Want: `d/`,
	}, {
		Name: "opaque marker only in a private directory", Guards: "the directory becomes public", Stock: Differs,
		Layers: layers(of(Dir("d").Owner(1000, 1000, 0o700), File("d/a", "a")), of(wh("d/.wh..wh..opq"))), Want: `d/`,
	}, {
		Name: "opaque marker in a subdirectory", Guards: "too much or too little is deleted",
		Layers: layers(old, of(Dir("d"), Dir("d/s"), wh("d/s/.wh..wh..opq"))), Want: `d/ d/a="a" d/s/`,
	}, {
		Name: "opaque marker below a new directory over a file", Guards: "an error, or the file",
		Layers: layers(of(File("d", "file")), of(Dir("d"), wh("d/.wh..wh..opq"), File("d/b", "b"))), Want: `d/ d/b="b"`,
	}, {
		Name: "opaque marker inside a replaced directory", Guards: "the files below come back",
		Layers: layers(old, of(File("d", "file")), of(Dir("d"), wh("d/.wh..wh..opq"), File("d/b", "b")), of(File("d/c", "c"))),
		Want:   `d/ d/b="b" d/c="c"`,
	}, {
		Name: "opaque marker in the middle", Guards: "layers above are hidden, or those below are not",
		Layers: layers(old, of(Dir("d"), wh("d/.wh..wh..opq"), File("d/b", "b")), of(Dir("d"), File("d/c", "c"))), Want: `d/ d/b="b" d/c="c"`,
	}, {
		Name: "opaque root", Guards: "deleted files stay, as with overlayfs, which does not look for the marker there",
		Layers: layers(old, of(wh(".wh..wh..opq"), File("b", "b"))), Stock: Differs, Want: `b="b"`,
	}, {
		Name: "opaque marker and whiteout", Guards: "one undoes the other",
		Layers: layers(old, of(Dir("d"), wh("d/.wh.a"), wh("d/.wh..wh..opq"), wh("d/.wh.s"))), Want: `d/`,
	}}
}

// replacements are the six ways in which a name changes its type, from one layer to the next and
// within one.
func replacements() (cases []Case) {
	kinds := []struct {
		name    string
		entries []Entry
		want    string
	}{
		{"file", of(File("n", "file")), `n="file"`},
		{"directory", of(Dir("n"), File("n/x", "x")), `n/ n/x="x"`},
		{"symlink", of(Symlink("n", "target")), `n->target`},
	}
	for _, from := range kinds {
		for _, to := range kinds {
			if from.name == to.name {
				continue
			}
			both := append(append([]Entry{}, from.entries...), to.entries...)
			stock := Same
			if from.name == "directory" && to.name == "symlink" {
				stock = Refuses // it sets the directory's time in the end
			}
			cases = append(cases, Case{
				Name: from.name + " becomes " + to.name, Guards: "something of the old shines through",
				Layers: layers(from.entries, to.entries), Want: to.want,
			}, Case{
				Name: from.name + " becomes " + to.name + " in one layer", Guards: "the first of two entries wins",
				Layers: layers(both), Stock: stock, Want: to.want,
			})
		}
	}
	return append(cases, Case{
		Name: "the same file twice", Guards: "the first of two entries wins",
		Layers: layers(of(File("f", "1"), File("f", "2"))), Want: `f="2"`,
	}, Case{
		Name: "the same directory twice", Guards: "the second entry empties it, or its metadata is lost",
		Layers: layers(of(Dir("d").Owner(1, 2, 0o700).Xattr("user.a", "1"), File("d/x", "x"), Dir("d").Owner(3, 4, 0o711).Xattr("user.b", "2"))),
		Want:   `d/ d/x="x"`,
	})
}
