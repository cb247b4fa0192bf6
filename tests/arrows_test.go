package tests

import (
	"os"
	"slices"
	"strings"
	"testing"
)

const (
	arrowsBegin = "<!-- begin arrows -->\n```\n"
	arrowsEnd   = "```\n<!-- end arrows -->"
)

// TestArrowsDocumented compares the arrows in docs/architecture.md with the table of imports, and
// checks that the page names every package and is short. If the arrows differ it prints those to
// paste.
func TestArrowsDocumented(t *testing.T) {
	text, err := os.ReadFile("../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	if lines := strings.Split(strings.TrimSuffix(page, "\n"), "\n"); len(lines) > 150 {
		t.Errorf("docs/architecture.md has %d lines: it is a map, details belong to the packages", len(lines))
	}
	_, after, _ := strings.Cut(page, arrowsBegin)
	got, _, ok := strings.Cut(after, arrowsEnd)
	if want := arrows(imports); !ok || got != want {
		t.Errorf("docs/architecture.md has other arrows. Put these between its marks:\n%s", want)
	}
	for name := range imports {
		short := strings.TrimPrefix(name, "driver/")
		if !strings.HasPrefix(name, "tests") && !strings.Contains(page, "`"+name+"`") && !strings.Contains(page, "`"+short+"`") {
			t.Errorf("docs/architecture.md does not name %s", name)
		}
	}
}

// TestArrowsReduced checks that arrows leaves out what follows, and nothing else.
func TestArrowsReduced(t *testing.T) {
	table := map[string][]string{
		"driver":         {"config", "convert", "convert/tree", "driver/a", "driver/store/c", "golang.org/x/sys"},
		"driver/a":       {"driver/store/c", "driver/store/d"},
		"driver/store/c": {"convert/tree", "driver/store/d"},
		"driver/store/d": {"convert/verity", "config"},
		"convert":        {"convert/tree"},
		"convert/xtest":  {"driver"},
		"tests":          {"driver"},
	}
	const want = "driver ─► driver/a\ndriver/a ─► driver/store\ndriver/store ─► config, convert\n"
	if got := arrows(table); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// rooms are the directories whose packages are one room. Any other package is a room of its own.
var rooms = []string{"convert", "driver/kernel", "driver/pull", "driver/store", "driver/trust", "driver/upkeep"}

func room(name string) string {
	for _, r := range rooms {
		if name == r || strings.HasPrefix(name, r+"/") {
			return r
		}
	}
	return name
}

// arrows returns a line for each room that imports others, without the packages of tests. An
// import that follows from the others of its line is left out.
func arrows(table map[string][]string) string {
	between := map[string][]string{}
	for name, all := range table {
		if strings.HasPrefix(name, "tests") || strings.HasSuffix(name, "test") {
			continue
		}
		for _, path := range all {
			if to := room(path); !isModule(path) && to != room(name) && !slices.Contains(between[room(name)], to) {
				between[room(name)] = append(between[room(name)], to)
			}
		}
	}
	var lines []string
	for from, all := range between {
		direct := slices.DeleteFunc(slices.Clone(all), func(to string) bool {
			return slices.ContainsFunc(all, func(other string) bool { return other != to && reaches(between, other, to) })
		})
		slices.Sort(direct)
		lines = append(lines, from+" ─► "+strings.Join(direct, ", ")+"\n")
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// isModule reports whether a path in the table is that of another module.
func isModule(path string) bool { return strings.Contains(strings.Split(path, "/")[0], ".") }

// reaches reports whether one room imports another, directly or not.
func reaches(table map[string][]string, from, to string) bool {
	return slices.ContainsFunc(table[from], func(next string) bool { return next == to || reaches(table, next, to) })
}
