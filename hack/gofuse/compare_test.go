package gofuse

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	gofuse "github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/treetest"
	"github.com/composefs-storage/composefs-storage/driver/kernel/fuse"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount/mounttest"
)

// serveEnv has the test binary serve an image on descriptor 3: it names the server and the image.
const serveEnv = "COMPOSEFS_TEST_SERVE"

func TestMain(m *testing.M) {
	if kind, path, ok := strings.Cut(os.Getenv(serveEnv), ":"); ok {
		if err := serve(kind, path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func serve(kind, path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	view, err := erofs.NewView(b)
	if err != nil {
		return err
	}
	if kind == "ours" {
		return fuse.NewServer(view, func() {}).Serve(os.NewFile(3, "/dev/fuse"))
	}
	s := &server{gofuse.NewDefaultRawFileSystem(), view}
	options := &gofuse.MountOptions{MaxWrite: 128 << 10, EnableSymlinkCaching: true, EnableAcl: view.HasACL()}
	g, err := gofuse.NewServer(s, "/dev/fd/3", options)
	if err == nil {
		g.Serve()
	}
	return err
}

// start mounts an image, served by another process.
func start(t *testing.T, kind, image string) (root string) {
	t.Helper()
	root = filepath.Join(filepath.Dir(image), kind)
	device, err := os.OpenFile("/dev/fuse", os.O_RDWR, 0)
	must(t, err)
	mnt, err := mount.FUSE(device)
	must(t, err)
	must(t, errors.Join(os.Mkdir(root, 0o700), mount.Attach(mnt, root), mnt.Close()))
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), serveEnv+"="+kind+":"+image)
	cmd.ExtraFiles, cmd.Stderr = []*os.File{device}, os.Stderr
	must(t, errors.Join(cmd.Start(), device.Close())) // requests fail if the server ends
	t.Cleanup(func() {
		if err := errors.Join(mount.Undo(root), cmd.Wait()); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	})
	return root
}

// look describes a file as programs see it.
func look(path string) string {
	var st unix.Stat_t
	if err := unix.Lstat(path, &st); err != nil {
		return err.Error()
	}
	st.Dev = 0
	text := fmt.Sprintf("%+v", st)
	list := make([]byte, 64<<10)
	n, err := unix.Llistxattr(path, list)
	text += fmt.Sprintf(" xattrs %v %q", err, list[:max(n, 0)])
	value := make([]byte, 64<<10)
	for name := range strings.SplitSeq(string(list[:max(n, 0)])+"user.none\x00user.overlay.metacopy", "\x00") {
		n, err := unix.Lgetxattr(path, name, value)
		text += fmt.Sprintf(" %q %v %q", name, err, value[:max(n, 0)])
	}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFLNK:
		target, err := os.Readlink(path)
		text += fmt.Sprint(target, err)
	case unix.S_IFDIR:
		entries, err := os.ReadDir(path)
		text += fmt.Sprint(entries, err)
		_, err = os.Lstat(path + "/missing")
		text += fmt.Sprint(errors.Is(err, fs.ErrNotExist))
	case unix.S_IFREG:
		f, err := os.Open(path)
		if err == nil {
			var b []byte
			b, err = io.ReadAll(f)
			text += string(b)
			err = errors.Join(err, f.Close())
		}
		text += fmt.Sprint(errors.Unwrap(err))
	}
	return text
}

// seen describes all files of a mount.
func seen(t *testing.T, root string) map[string]string {
	t.Helper()
	files := map[string]string{}
	must(t, filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err == nil {
			name := strings.TrimPrefix(path, root)
			files[name] = strings.ReplaceAll(look(path), root, "")
		}
		return err
	}))
	var st unix.Statfs_t
	must(t, unix.Statfs(root, &st))
	st.Fsid = unix.Fsid{}
	files["statfs"] = fmt.Sprintf("%+v", st)
	return files
}

// TestLikeGoFuse compares mounts of random images with those of a server by go-fuse.
func TestLikeGoFuse(t *testing.T) {
	trees := map[string]*tree.Tree{"root file system": treetest.RootFS(5000)}
	for seed := range uint64(10) {
		trees[fmt.Sprint(seed)] = treetest.Random(rand.New(rand.NewPCG(seed, 1)), 500)
	}
	for name, root := range trees {
		t.Run(name, func(t *testing.T) {
			image := filepath.Join(mounttest.Scratch(t), "image")
			f, err := os.Create(image)
			must(t, err)
			_, err = erofs.Write(f, root, erofs.Options{Format: erofs.V1})
			must(t, errors.Join(err, f.Close()))
			want, got := seen(t, start(t, "gofuse", image)), seen(t, start(t, "ours", image))
			if len(want) < 100 || len(got) != len(want) {
				t.Errorf("%d files, with go-fuse %d", len(got), len(want))
			}
			for name := range maps.Keys(want) {
				if got[name] != want[name] {
					t.Errorf("%q: got %.2000q\nwith go-fuse %.2000q", name, got[name], want[name])
				}
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
