package selinux_test

import (
	"io"
	"io/fs"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/selinux"
)

// read reads a policy with these files.
func read(files map[string]string) (*selinux.Policy, error) {
	return selinux.Read(func(name string) (io.ReadCloser, error) {
		text, ok := files[name]
		if !ok {
			return nil, fs.ErrNotExist
		}
		return io.NopCloser(strings.NewReader(text)), nil
	})
}

func TestLabel(t *testing.T) {
	p, err := read(map[string]string{
		"file_contexts": `
# a comment
/.*                 default
/usr(/.*)?          usr
/usr/bin(/.*)?      bin
/usr/bin/tool   --  tool
/usr/bin/tool   -l  link
/run(/.*)?          <<none>>
/usr/colou?r        colour
/a|/b               either
/usr/(x|y)          xy
/usr/lib/(?!lib).*\.so  --  plugin
/usr/caf.           cafe
/usr/caf..          cafe2
/usr/dot\.d         dot
`,
		"file_contexts.local":     "/usr/bin/local local\n/usr/bin/home local\n",
		"file_contexts.homedirs":  "/usr/bin/home home\n",
		"file_contexts.subs":      "/alias /usr\n",
		"file_contexts.subs_dist": "/other /usr/bin\n/alias /usr/bin\n",
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ path, fileType, want string }{
		{"/", "d", "default"},
		{"/usr", "d", "usr"},
		{"/usrx", "d", "default"},
		{"/usr/bin/ls", "-", "bin"},
		{"/usr/bin/tool", "-", "tool"},
		{"/usr/bin/tool", "l", "link"},
		{"/usr/bin/tool", "d", "bin"},
		{"/run/x", "s", ""},
		{"/usr/color", "-", "colour"},
		{"/usr/colour", "b", "colour"},
		{"/usr/colouur", "c", "usr"},
		{"/a", "p", "either"},
		{"/b", "p", "either"},
		{"/usr/y", "p", "xy"},
		{"/usr/lib/a.so", "-", "plugin"},
		{"/usr/lib/libc.so", "-", "usr"},
		{"/usr/lib/a.so", "l", "usr"},
		{"/usr/cafe", "-", "cafe"},
		{"/usr/café", "-", "cafe2"}, // a pattern matches bytes
		{"/usr/caf\xff", "-", "cafe"},
		{"/usr/caf\n", "-", "cafe"},
		{"/usr/dot.d", "-", "dot"},
		{"/usr/dotxd", "-", "usr"},
		{"/usr/bin/local", "-", "local"},
		{"/usr/bin/home", "-", "home"},
	} {
		got, err := p.Label(test.path, test.fileType[0])
		if err != nil || got != test.want {
			t.Errorf("%q, type %s: %q, %v, want %q", test.path, test.fileType, got, err, test.want)
		}
	}
	for path, want := range map[string]string{"/alias": "/usr/bin", "/other": "/usr/bin", "/alias/x": "/alias/x", "/": "/"} {
		if got := p.Substitute(path); got != want {
			t.Errorf("Substitute(%s) = %s, want %s", path, got, want)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"file_contexts", "/a", "file_contexts:1: a specification has a pattern"},
		{"file_contexts", "\n/a -x c", "file_contexts:2: unknown file type -x"},
		{"file_contexts", "/a -- c d", "file_contexts:1: a specification has"},
		{"file_contexts", "/(a c", "file_contexts:1: pattern /(a: "},
		{"file_contexts.subs", "/a", "file_contexts.subs:1: a substitution has two paths"},
		{"file_contexts.other", "", "file_contexts: file does not exist"},
	} {
		files := map[string]string{test.name: test.text}
		if test.name == "file_contexts.subs" {
			files["file_contexts"] = ""
		}
		if _, err := read(files); err == nil || !strings.HasPrefix(err.Error(), "SELinux policy: "+test.want) {
			t.Errorf("%s %q: %v, want %s", test.name, test.text, err, test.want)
		}
	}
}

func TestType(t *testing.T) {
	for config, want := range map[string]string{
		"":                    "",
		"SELINUX=enforcing\n": "",
		"# SELINUXTYPE=no\nselinuxtype = targeted \nSELINUXTYPE=mls\n": "targeted",
	} {
		if got, err := selinux.Type(strings.NewReader(config)); err != nil || got != want {
			t.Errorf("%q: %q, %v, want %q", config, got, err, want)
		}
	}
}
