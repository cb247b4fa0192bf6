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

// changes returns what a driver says that a layer changes, sorted: an entry each, as
// in "C /etc".
func changes(d graphdriver.Driver, id, parent string) (list []string, err error) {
	all, err := d.Changes(id, nil, parent, nil, "")
	for _, c := range all {
		list = append(list, c.String())
	}
	slices.Sort(list)
	return list, err
}

// diff returns the tar of what a layer changes.
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

	// symlinks are those of the parent. The stock driver looks at what they lead to,
	// on the host if need be: one that leads nowhere is new to it when it is changed,
	// and what replaces one is opaque if a layer further below has something there.
	symlinks map[string]bool
}

func (n normal) changes(list []string) (all []string) {
	for _, c := range list {
		switch path := c[len("C "):]; {
		case n.symlinks[path]:
			all = append(all, "? "+path)
		case !n.settled[path] || c[0] != 'C':
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

func symlinks(t *tree.Tree) map[string]bool {
	found := map[string]bool{}
	_ = t.Walk(func(path string, e *tree.Entry) error {
		if e.Inode.Type() == tree.TypeSymlink {
			found[path] = true
		}
		return nil
	})
	return found
}

// dirName tells of an entry whether it is a directory, and its name.
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
