package tests

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// diskNames match Go code that spells a name on disk: unmistakable names in any string, other ones
// as an argument of filepath.Join or a suffix.
var diskNames = []*regexp.Regexp{
	regexp.MustCompile(`"[^" ]*\b(composefs\.blob|merged\.blob|segment\.blob|composefs-data|composefs-metacopy|composefs-separate|composefs-layers|overlay-(composefs|layers|images|containers)|(layers|images|(volatile-)?containers|mountpoints)\.json|layers\.lock|tar-split\.gz|has-mount-program)\b[^" ]*(: )?"`),
	regexp.MustCompile(`filepath\.Join\(.*"(overlay|objects|images|staging|layers|chains|diff|link|lower|lower-layers|l|work|merged)[/"]`),
	regexp.MustCompile(`\+ ?"(-(layers|images|containers|composefs)|/(overlay|objects|images|staging|layers|chains|diff|link|lower|lower-layers|l|work|merged))[/"]|"l/"`),
}

// contextMade matches Go code that makes a context from nothing.
var contextMade = regexp.MustCompile(`context\.(Background|TODO)\(\)`)

// TestLayout checks that chain/layout.go is the only file of the driver and the command that spells
// names on disk. The packages below kernel use no stores; the names that they spell are those of
// their own directories.
func TestLayout(t *testing.T) {
	lines := productLines(t, "../driver", "../cmd")
	if !contains(lines["../driver/store/chain/layout.go"], diskNames) {
		t.Error("the patterns do not match chain/layout.go")
	}
	for file, list := range lines {
		if file == "../driver/store/chain/layout.go" || strings.HasPrefix(file, "../driver/kernel/") {
			continue
		}
		for _, line := range list {
			if contains([]string{line}, diskNames) {
				t.Errorf("%s spells a name on disk: %s", file, line)
			}
		}
	}
}

// TestContexts checks that the driver makes a context in one place: all other functions take one.
func TestContexts(t *testing.T) {
	for file, list := range productLines(t, "../driver") {
		if found := contains(list, []*regexp.Regexp{contextMade}); found != (file == "../driver/context.go") {
			t.Errorf("%s makes a context: %v", file, found)
		}
	}
}

// mountTable matches Go code that names a mount table of the kernel.
var mountTable = regexp.MustCompile(`"(/proc/[^"]*|/etc)?/m(ountinfo|ounts|tab)"`)

// TestMountTables checks that package mountinfo alone reads mount tables: the kernel escapes names in
// them.
func TestMountTables(t *testing.T) {
	const parser = "../driver/kernel/mountinfo/"
	read := 0
	for file, list := range productLines(t, "../driver", "../cmd", "../convert", "../config") {
		switch {
		case !contains(list, []*regexp.Regexp{mountTable}):
		case strings.HasPrefix(file, parser):
			read++
		default:
			t.Errorf("%s reads a mount table; use package mountinfo", file)
		}
	}
	if read == 0 {
		t.Errorf("the pattern does not match %s", parser)
	}
}

func contains(lines []string, patterns []*regexp.Regexp) bool {
	for _, line := range lines {
		for _, p := range patterns {
			if p.MatchString(line) {
				return true
			}
		}
	}
	return false
}

// productLines returns the lines of the Go files below the directories, without comments and tests.
func productLines(t *testing.T, dirs ...string) map[string][]string {
	t.Helper()
	files := map[string][]string{}
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			for line := range strings.Lines(string(text)) {
				code, _, _ := strings.Cut(line, "// ")
				files[path] = append(files[path], strings.TrimSpace(code))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(files) < 100 {
		t.Fatalf("%d files", len(files))
	}
	return files
}

// joined matches Go code that joins errors.
var joined = regexp.MustCompile(`errors\.Join\(`)

// TestPullErrors checks that the packages on the pull path wrap one error each, by files.WithCleanup:
// podman does not look into joined errors to decide whether to retry a pull.
func TestPullErrors(t *testing.T) {
	for file, list := range productLines(t, "../driver", "../convert") {
		pull := strings.HasPrefix(file, "../driver/pull/") || strings.HasPrefix(file, "../driver/store/pool/") ||
			strings.HasPrefix(file, "../driver/store/images/") || strings.HasPrefix(file, "../convert/files/") ||
			file == "../driver/pull.go" || file == "../driver/staged.go" || file == "../driver/apply.go"
		if pull && contains(list, []*regexp.Regexp{joined}) {
			t.Errorf("%s joins errors; use files.WithCleanup", file)
		}
	}
}
