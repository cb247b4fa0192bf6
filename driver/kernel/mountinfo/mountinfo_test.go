package mountinfo_test

import (
	"reflect"
	"testing"

	"github.com/composefs-storage/composefs-storage/driver/kernel/mountinfo"
)

// TestParse parses lines with all that the kernel escapes, in all fields.
func TestParse(t *testing.T) {
	type options = map[string][]string
	for line, want := range map[string]mountinfo.Mount{
		`36 35 98:0 /root /point rw,noatime shared:1 master:2 - ext4 /dev/sda1 rw,errors=continue`: {
			Device: "98:0", Root: "/root", Point: "/point", Attrs: "rw,noatime", Type: "ext4", Source: "/dev/sda1",
			Options: options{"rw": {""}, "errors": {"continue"}},
		},
		`1 2 0:3 /r\040\011\012\134\043 /p\040\011\012\134\043 rw - fuse.a\040b s\040\011\012\134\043 rw,o=\054\040\011\012\134\043=`: {
			Device: "0:3", Root: "/r \t\n\\#", Point: "/p \t\n\\#", Attrs: "rw", Type: "fuse.a b", Source: "s \t\n\\#",
			Options: options{"rw": {""}, "o": {", \t\n\\#="}},
		},
		`1 2 0:3 / /ü rw - tmpfs  rw`: { // mounted from ""
			Device: "0:3", Root: "/", Point: "/ü", Attrs: "rw", Type: "tmpfs", Options: options{"rw": {""}},
		},
		`1 2 0:3 / /\04\08\x\ rw - t \1 rw`: {
			Device: "0:3", Root: "/", Point: `/\04\08\x\`, Attrs: "rw", Type: "t", Source: `\1`, Options: options{"rw": {""}},
		},
		`1 2 0:3 / / rw - cifs //a rw,unc=a b`: {
			Device: "0:3", Root: "/", Point: "/", Attrs: "rw", Type: "cifs", Source: "//a", Options: options{"rw": {""}, "unc": {"a b"}},
		},
	} {
		got, err := mountinfo.Parse(line + "\n")
		if err != nil || len(got) != 1 || !reflect.DeepEqual(got[0], want) {
			t.Errorf("%s:\n%+v, %v, want\n%+v", line, got, err, want)
		}
	}
}

// TestWrongLine finds lines that lack something.
func TestWrongLine(t *testing.T) {
	for _, line := range []string{"", "1 2 0:3 / / rw ext4 a rw", "1 2 0:3 / / - ext4 a rw", "1 2 0:3 / / rw - ext4 a"} {
		if m, err := mountinfo.Parse("1 2 0:3 / / rw - ext4 a rw\n" + line + "\n"); err == nil {
			t.Errorf("%q: %+v", line, m)
		}
	}
}

// TestLayers finds the layers of overlays, as the kernel prints what mount(2) and
// fsconfig(2) were called with.
func TestLayers(t *testing.T) {
	for options, want := range map[string][2][]string{
		`lowerdir=/a:/b`:                        {{"/a", "/b"}, nil},
		`lowerdir=/a::/c::/d`:                   {{"/a"}, {"/c", "/d"}},
		`lowerdir+=/a,lowerdir+=/b,datadir+=/c`: {{"/a", "/b"}, {"/c"}},
		`lowerdir=/a,lowerdir=/b,datadir=/c`:    {{"/a", "/b"}, {"/c"}},

		// Linux 6.18, lowerdir='a b:c\:d:e\,f:g\\h:i#j:k=l:ü::up'.
		`lowerdir=a\040b:c\134:d:e\134\054f:g\134\134h:i#j:k=l:ü::up`: {{"a b", "c:d", "e,f", `g\h`, "i#j", "k=l", "ü"}, {"up"}},
		`lowerdir+=c:d,lowerdir+=e\054f,lowerdir+=g\134h,datadir+=:`:  {{"c:d", "e,f", `g\h`}, {":"}},

		// Linux 6.6, the same: see ovl_show_options there.
		`lowerdir=a\040b:c\072d:e\054f:g\134h::up`: {{"a b", "c:d", "e,f", `g\h`}, {"up"}},
	} {
		mounts, err := mountinfo.Parse(`1 2 0:3 / / rw - overlay overlay ro,` + options + ",upperdir=/u:p")
		if err != nil {
			t.Error(err)
			continue
		}
		if lowers, data := mounts[0].Layers(); !reflect.DeepEqual([2][]string{lowers, data}, want) {
			t.Errorf("%s: %q over %q, want %q", options, lowers, data, want)
		}
		paths := append([]string{"/", "/", "overlay"}, append(want[0], append(want[1], "/u:p")...)...)
		if got := mounts[0].Paths(); !reflect.DeepEqual(got, paths) {
			t.Errorf("%s: paths %q, want %q", options, got, paths)
		}
	}
}
