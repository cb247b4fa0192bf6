package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/composefs-storage/composefs-storage/driver/kernel/feature"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount/mounttest"
	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// mountScripts are shell scripts of commands, and their output. They run
// in a directory that has "image" with its "objects", and an empty directory "at". The
// program is the only one in /sbin.
var mountScripts = []struct{ name, script, want string }{
	{"by mount(8)", `
		mount -t composefs image at -o basedir=objects
		cat at/inline; cmp at/dir/external content
		! touch at/new 2>errors; grep -o 'Read-only file system' errors
		findmnt -no SOURCE,FSTYPE at
		umount at; ls at`,
		"inline\nRead-only file system\ncomposefs overlay\n"},
	{"as a command", `
		composefs-storage mount image at -o ro -o basedir=objects
		cmp at/dir/external content; findmnt -no VFS-OPTIONS at
		umount at; ls at`,
		"ro,relatime\n"},
	{"from fstab", `
		echo "$PWD/image $PWD/at composefs basedir=$PWD/objects,defaults,nofail,noauto,_netdev,comment=c,x-systemd.automount" >fstab
		mount -T fstab at; cat at/inline; umount at`,
		"inline\n"},
	{"attributes", `
		mount -t composefs image at -o ro,nodev,nosuid,noexec,noatime,nodiratime,basedir=objects; findmnt -no VFS-OPTIONS at
		umount at; mount -t composefs image at -o user,exec,basedir=objects; findmnt -no VFS-OPTIONS at`,
		"ro,nosuid,nodev,noexec,noatime,nodiratime\nrw,nosuid,nodev,relatime\n"},
	{"several object directories", `
		mkdir none; mount -t composefs image at -o basedir=none:objects; cmp at/dir/external content; umount at
		rm -r objects/*; mount -t composefs image at -o basedir=none:objects; ! cat at/dir/external 2>errors; cat errors`,
		"cat: at/dir/external: No such file or directory\n"},
	{"odd names", `
		mv objects 'a,b:c\d e'; mount -t composefs image at -o 'basedir=a\,b\:c\\d e'; cmp at/dir/external content
		umount at; mv a,b* a,b; mount -t composefs image at -o 'basedir="a,b",nodev'; cmp at/dir/external content`,
		""},
	{"upper directory", `
		mkdir u w; mount -t composefs image at -o basedir=objects,upperdir=u,workdir=w
		echo new >at/new; rm at/inline; chmod 600 at/dir/external; cmp at/dir/external content; umount at
		cat u/new; stat -c %F u/inline
		mount -t composefs image at -o ro,basedir=objects,upperdir=u,workdir=w
		ls at; stat -c %a at/dir/external; cmp at/dir/external content
		! touch at/new 2>errors; grep -o 'Read-only file system' errors`,
		"new\ncharacter special file\ndir\nnew\n600\nRead-only file system\n"},
	{"one device", `
		mkdir u w; mount -t composefs image at -o basedir=objects,upperdir=u,workdir=w,xino=on
		echo new >at/new; find at -exec stat -c %d {} + | sort -u | wc -l; umount at
		mount -t composefs image at -o ro,basedir=objects; find at -exec stat -c %d {} + | sort -u | wc -l`,
		"1\n1\n"},
	{"upper directory of the C program", `
		mkdir u w; mount -t erofs image at
		mount -t overlay none at -o metacopy=on,redirect_dir=on,lowerdir=at::objects,upperdir=u,workdir=w
		chmod 600 at/dir/external; ! cmp u/dir/external content >/dev/null; umount at; umount at
		mount -t composefs image at -o basedir=objects,upperdir=u,workdir=w; cmp at/dir/external content`,
		""},
	{"mapped owners", `
		unshare -U sh -c 'touch ready; sleep 60' & wait_for ready
		echo 0 100000 65536 >/proc/$!/uid_map; echo 0 100000 65536 >/proc/$!/gid_map
		mount -t composefs image at -o basedir=objects,idmap=/proc/$!/ns/user
		stat -c %u:%g at/dir/external`,
		"101000:101001\n"},
	{"verity", `
		mount -t composefs image at -o verity,basedir=objects; findmnt -no FS-OPTIONS at | grep -o verity=.*
		cat at/inline; ! cmp at/dir/external content 2>errors; cat errors; umount at
		mount -t composefs image at -o tryverity,basedir=objects; findmnt -no FS-OPTIONS at | grep -o verity=.*`,
		"verity=require\ninline\ncmp: at/dir/external: Input/output error\nverity=require\n"},
	{"digest", `
		! mount -t composefs image at -o basedir=objects,digest=$(composefs-storage digest image) 2>errors
		grep -o 'measure fs-verity' errors; ls at`,
		"measure fs-verity\n"},
	{"from a loop device", `
		mkdir memory; mount -t tmpfs none memory; cp image memory
		mount -t composefs memory/image at -o basedir=objects
		cmp at/dir/external content; cat /sys/block/loop*/loop/backing_file | grep -o $PWD/memory/image | sed s:$PWD/::`,
		"memory/image\n"},
	{"a layer by itself", `
		printf 'file .wh.gone\nfile stays text=x\n' | mktar tar
		composefs-storage convert-layer tar --pool pool --image layer >/dev/null
		mount -t composefs layer at -o basedir=pool/objects; cat at/*; ! cat at/gone 2>errors; cat errors`,
		"x\ncat: at/gone: No such file or directory\n"},
	{"in another namespace", `
		unshare -m sh -c 'touch ready; sleep 60' & wait_for ready
		mount -N $! -t composefs $PWD/image $PWD/at -o basedir=$PWD/objects
		ls at; cmp /proc/$!/root$PWD/at/dir/external content`,
		""},
	{"fake and sloppy", `
		mount -f -v -t composefs image at -o basedir=objects | sed s:$PWD/::g; ls at
		! mount -t composefs image at -o basedir=objects,frob 2>errors; sed 1q errors; ls at
		mount -s -t composefs image at -o basedir=objects,frob; ls at`,
		`"at": composefs: lower=image:"image" data="objects" metacopy
error: unknown mount option "frob"
dir
inline
`},
	{"errors", `
		fails() { mount.composefs image "$@" 2>&1 || echo $?; }
		fails at; fails at -o basedir=nope; fails nope -o basedir=objects; fails image -o basedir=objects
		fails at -o basedir=objects,upperdir=image,workdir=objects
		ls at; mount -t composefs image at -o basedir=nope 2>/dev/null || echo mount: $?; ls at`, `
error: no basedir= given for image
hint: add -o basedir=POOL/objects, the directory of its objects
1
error: mount overlay on "at": open nope: no such file or directory
32
error: mount overlay on "nope": open nope: no such file or directory
32
error: mount overlay on "image": open image: not a directory
32
error: mount overlay on "at": open image: not a directory
32
mount: 32
`},
}

// mountPrelude begins each script. The helper is in PATH.
const mountPrelude = `
	mount -t tmpfs none /sbin
	ln -s $(command -v mount.composefs) /sbin
	wait_for() { for i in $(seq 500); do [ ! -e $1 ] || return 0; sleep .01; done; return 1; }
`

// TestMount has the kernel as the judge, of mount.composefs by both programs. Each script has namespaces of its own, with
// which its mounts and processes go.
func TestMount(t *testing.T) {
	needs.Root(t)
	for _, f := range []*feature.Feature{feature.DataLayers, feature.OverlayVerity, feature.IdmappedErofs} {
		needs.Feature(t, f.Since, f.Check(t.TempDir()))
	}
	t.Run("composefs-storage", func(t *testing.T) { runMountScripts(t, os.Getenv("PATH")) })
	t.Run("initramfs", func(t *testing.T) {
		dir := t.TempDir()
		build := exec.Command("go", "build", "-o", dir, "../mount.composefs")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("go build: %v: %s", err, out)
		}
		runMountScripts(t, dir+":"+os.Getenv("PATH"))
	})
}

// runMountScripts runs the scripts with the programs in path.
func runMountScripts(t *testing.T, path string) {
	for _, tc := range mountScripts {
		t.Run(tc.name, func(t *testing.T) {
			dir := mounttest.Scratch(t)
			s, err := mounttest.Write(dir, "inline\n")
			if err != nil {
				t.Fatal(err)
			}
			writeFile(t, filepath.Join(dir, "content"), s.Content)
			mkdir(t, filepath.Join(dir, "at"))
			cmd := exec.Command("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
				"sh", "-euc", mountPrelude+tc.script)
			cmd.Dir, cmd.Stderr, cmd.Env = dir, os.Stderr, append(os.Environ(), "PATH="+path)
			out, err := cmd.Output()
			if got := string(out); err != nil || got != strings.TrimLeft(tc.want, "\n") {
				t.Errorf("%v, printed\n%s, want\n%s", err, got, tc.want)
			}
		})
	}
}
