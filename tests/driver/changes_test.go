//go:build linux

package driver_test

import (
	"archive/tar"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/pkg/archive"

	"github.com/composefs-storage/composefs-storage/convert/tree"
)

// changes returns the changes of a layer by a driver, sorted, each in the form "C /etc".
func changes(d graphdriver.Driver, id, parent string) (list []string, err error) {
	all, err := d.Changes(id, nil, parent, nil, "")
	for _, c := range all {
		list = append(list, c.String())
	}
	slices.Sort(list)
	return list, err
}

// diff returns the tar of the changes of a layer.
func (s *store) diff(t testing.TB, id, parent string) []byte {
	t.Helper()
	r, err := s.Diff(id, nil, parent, nil, "")
	if err != nil {
		t.Fatalf("diff of %s to %q: %v", id, parent, err)
	}
	b, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil {
		t.Fatalf("diff of %s to %q: %v", id, parent, err)
	}
	return b
}

// entries spells out the entries of a tar in their order, a line each. Left out are
// the times of directories and of whiteouts, which are those of the test's run.
func entries(t testing.TB, layer []byte) (list []string) {
	t.Helper()
	for r := tar.NewReader(strings.NewReader(string(layer))); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return list
		}
		must(t, err)
		sum := fnv.New64()
		_, err = io.Copy(sum, r)
		must(t, err)
		when := fmt.Sprint(h.ModTime.UnixNano())
		if h.Typeflag == tar.TypeDir || strings.HasPrefix(path.Base(h.Name), archive.WhiteoutPrefix) {
			when = "-"
		}
		line := fmt.Sprintf("%q %c %o %d:%d %d %x %s %q %d:%d", h.Name, h.Typeflag, h.Mode, h.Uid, h.Gid, h.Size, sum.Sum64(), when, h.Linkname, h.Devmajor, h.Devminor)
		for _, name := range slices.Sorted(maps.Keys(h.PAXRecords)) {
			if strings.HasPrefix(name, "SCHILY.") {
				line += fmt.Sprintf(" %s=%q", name, h.PAXRecords[name])
			}
		}
		list = append(list, line)
	}
}

// differences returns the lines that are in one list only, which are in order, or
// that they are in another order.
func differences(ours, theirs []string) (found []string) {
	for _, l := range ours {
		if !slices.Contains(theirs, l) {
			found = append(found, "only ours: "+l)
		}
	}
	for _, l := range theirs {
		if !slices.Contains(ours, l) {
			found = append(found, "only stock's: "+l)
		}
	}
	if len(found) == 0 && !slices.Equal(ours, theirs) {
		found = append(found, "the order is another one")
	}
	return found
}

// normal is in what differences may differ.
type normal struct {
	// settled are directories whose metadata were another's before they were settled.
	settled map[string]bool

	// symlinks are the symlinks of the parent. The stock driver follows them, also on the host. It
	// reports a changed symlink that leads nowhere as new, with changes of the directories above; and a
	// directory in the place of one is opaque if a lower layer has something there.
	symlinks map[string]bool

	// parent are all names of the parent. The stock driver takes a name for changed if
	// a layer further down has it in a directory that is opaque since.
	parent map[string]bool
}

// newNormal returns what differs in the differences to a parent that shows the tree.
func newNormal(settled map[string]bool, parent *tree.Tree) normal {
	n := normal{settled, map[string]bool{}, map[string]bool{}}
	_ = parent.Walk(func(path string, e *tree.Entry) error {
		n.parent[path] = true
		if e.Inode.Type() == tree.TypeSymlink {
			n.symlinks[path] = true
		}
		return nil
	})
	return n
}

// correct corrects the changes of the stock driver.
func (n normal) correct(changes []string) (all []string) {
	for _, c := range changes {
		if p := c[len("C "):]; c[0] == 'C' && !n.parent[p] {
			c = "A " + p
		}
		all = append(all, c)
	}
	return all
}

func (n normal) changes(list []string) (all []string) {
	above := map[string]bool{} // directories that are listed because a symlink is new
	for _, c := range list {
		if p := c[len("C "):]; n.symlinks[p] {
			for ; p != "/"; p = path.Dir(p) {
				above[path.Dir(p)] = true
			}
		}
	}
	for _, c := range list {
		switch p := c[len("C "):]; {
		case n.symlinks[p]:
			all = append(all, "? "+p)
		case c[0] != 'C' || !n.settled[p] && !above[p]:
			all = append(all, c)
		}
	}
	slices.Sort(all)
	return all
}

func (n normal) diff(entries []string) []string {
	return slices.DeleteFunc(entries, func(line string) bool {
		name, _ := dirName(line)
		dir, base := path.Split(name)
		return base == archive.WhiteoutOpaqueDir && n.symlinks["/"+path.Clean(dir)]
	})
}

// dirName returns the name of an entry, and whether it is a directory.
func dirName(entry string) (name string, isDir bool) {
	quoted, _ := strconv.QuotedPrefix(entry)
	name, _ = strconv.Unquote(quoted)
	return strings.Trim(name, "/"), strings.HasPrefix(entry[len(quoted):], " 5 ")
}

// noDirs returns the entries that are no directories.
func noDirs(entries []string) []string {
	return slices.DeleteFunc(entries, func(e string) bool {
		_, isDir := dirName(e)
		return isDir
	})
}
