//go:build linux

package driver_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.podman.io/storage"
	graphdriver "go.podman.io/storage/drivers"
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver"
)

// ourName is the name under which containers/storage finds our driver, besides the stock one.
const ourName = "composefs"

func init() { graphdriver.MustRegister(ourName, driver.Init) }

// TestLayerFiles has the store serve a layer, as other programs ask for it, and puts the stream and the
// files to which it refers together. The result is the tar of the layer.
func TestLayerFiles(t *testing.T) {
	same := strings.Repeat("same ", 50)
	layer := layertest.Tar(
		layertest.File("large", strings.Repeat("large ", 350_000)), layertest.Dir("d"), layertest.File("./d/file", strings.Repeat("file ", 100)),
		layertest.File("inline", "inline"), layertest.File("empty", ""), layertest.File("same", same), layertest.Link("link", "same"),
		layertest.File("secret", strings.Repeat("secret ", 100)).Owner(0, 0, 0o600),
		layertest.File(objects.Path(verity.Sum([]byte(same))), strings.Repeat("other", 50)), // not the object of that name
		layertest.File("n\ufffd", strings.Repeat("valid ", 100)), layertest.File("n\xff", strings.Repeat("bytes ", 100)))
	links := layertest.Tar(layertest.Dir("d"), layertest.Symlink("s", "d"), layertest.File("s/below", strings.Repeat("below ", 100)))
	d := newDirs(t)
	ours, theirs := newServed(t, d, ourName, layer, links), newServed(t, newDirs(t), "overlay", layer)
	stream, files := ours.layer(t, 0, true)
	ours.layer(t, 1, true)
	judge, _ := theirs.layer(t, 0, true)
	if most := len(judge) + 2000; len(stream) > most { // files of at most 64 bytes, and unusual names
		t.Errorf("the stream has %d bytes, want at most %d: that of the stock driver has %d", len(stream), most, len(judge))
	}
	pool := chainPool(d)
	for _, content := range []string{strings.Repeat("large ", 350_000), same, strings.Repeat("secret ", 100)} {
		if name := objects.Path(verity.Sum([]byte(content))); !slices.Contains(files, name) {
			t.Errorf("%s is not among the files %q", name, files)
		} else if _, err := os.Stat(filepath.Join(pool, "objects", name)); err != nil {
			t.Error(err)
		}
	}
	if _, files := ours.layer(t, 0, false); len(files) > 0 { // objects have mode 0600
		t.Errorf("without CAP_DAC_OVERRIDE the stream refers to %q", files)
	}
	ours.shutdown(t)

	// A store in which composefs cannot work, any more, serves the same.
	must(t, os.WriteFile(filepath.Join(d.root(), ourName, ".has-mount-program"), []byte("true"), 0o600))
	again := openServed(t, d, ourName)
	again.image, again.tars = ours.image, ours.tars
	if stream, _ := again.layer(t, 0, true); len(stream) > len(judge)+2000 {
		t.Errorf("without composefs the stream has %d bytes", len(stream))
	}
}

// chainPool returns the pool of a store with our driver.
func chainPool(d dirs) string { return filepath.Join(d.root(), ourName+"-composefs") }

// served is a store that serves the layers of an image.
type served struct {
	storage.Store
	image string
	tars  [][]byte // of the layers
	ended bool
}

// openServed opens a store with driver options.
func openServed(t *testing.T, d dirs, name string, driverOptions ...string) *served {
	t.Helper()
	conf := d.path("storage.conf")
	must(t, os.WriteFile(conf, []byte(switchesOn), 0o600))
	t.Setenv("CONTAINERS_STORAGE_CONF", conf)
	t.Setenv("CONTAINERS_COMPOSEFS_CONF", os.DevNull)
	options := storage.StoreOptions{GraphRoot: d.root(), RunRoot: d.path("run"), GraphDriverName: name, GraphDriverOptions: driverOptions}
	if name == ourName {
		options.GraphDriverOptions = append(driverOptions, "overlay.use_composefs=true")
	}
	inner, err := storage.GetStore(options)
	must(t, err)
	s := &served{Store: inner}
	t.Cleanup(func() { s.shutdown(t) })
	return s
}

// newServed makes a store with an image.
func newServed(t *testing.T, d dirs, name string, layers ...[]byte) *served {
	t.Helper()
	s := openServed(t, d, name)
	top := ""
	for _, tar := range layers {
		l, _, err := s.PutLayer("", top, nil, "", false, nil, bytes.NewReader(tar))
		must(t, err)
		if _, err := os.Stat(filepath.Join(d.root(), name, l.ID, "composefs-data")); (err == nil) != (name == ourName) {
			t.Fatalf("%s: composefs: %v", name, err)
		}
		top = l.ID
	}
	img, err := s.CreateImage("", nil, top, "", nil)
	must(t, err)
	s.image, s.tars = img.ID, layers
	return s
}

func (s *served) shutdown(t *testing.T) {
	t.Helper()
	if s.ended {
		return
	}
	s.ended = true
	if _, err := s.Shutdown(true); err != nil {
		t.Errorf("shut down the store with %s: %v", s.GraphDriverName(), err)
	}
}

// layer asks for a layer, for a program with CAP_DAC_OVERRIDE or without, and compares it with its tar. It
// returns the stream and the names of the files to which the stream refers.
func (s *served) layer(t *testing.T, index int, override bool) (stream []byte, names []string) {
	t.Helper()
	server, err := storage.SplitFDStreamStoreFor(s.Store)
	must(t, err)
	socket, err := server.Socket(s.image)
	must(t, err)
	defer socket.Close() //nolint:errcheck // nothing is written
	fds := call(t, socket, fmt.Sprintf(`{"method":"org.composefs.Oci.GetLayer","parameters":{"handle":0,"params":{"layer_index":%d,"consumer_has_cap_dac_override":%v}}}`, index, override))
	for _, f := range fds {
		defer f.Close() //nolint:errcheck // open for reading
	}
	stream, err = io.ReadAll(fds[0])
	must(t, err)
	tar, names := assemble(t, stream, fds[1:])
	if !bytes.Equal(tar, s.tars[index]) {
		t.Errorf("layer %d: the stream and its files make a tar of %d bytes, another than that of %d bytes", index, len(tar), len(s.tars[index]))
	}
	return stream, names
}

// call sends a varlink request and returns the files that come with the reply.
func call(t *testing.T, socket *os.File, request string) (files []*os.File) {
	t.Helper()
	conn, err := net.FileConn(socket)
	must(t, err)
	defer conn.Close() //nolint:errcheck // all is read
	_, err = conn.Write([]byte(request + "\x00"))
	must(t, err)
	data, rights := make([]byte, 10_000), make([]byte, unix.CmsgSpace(10*4))
	n, m, _, _, err := conn.(*net.UnixConn).ReadMsgUnix(data, rights)
	must(t, err)
	messages, err := unix.ParseSocketControlMessage(rights[:m])
	must(t, err)
	for _, message := range messages {
		fds, err := unix.ParseUnixRights(&message)
		must(t, err)
		for _, fd := range fds {
			files = append(files, os.NewFile(uintptr(fd), "served"))
		}
	}
	if len(files) < 3 { // the stream, directories, and the one that keeps the layer locked
		t.Fatalf("%d files come with %s", len(files), data[:n])
	}
	return files
}

// assemble puts a stream and its files together: chunks with a type, a length, and the data or a file.
// Source: splitDirFDStreamWriter of containers/storage.
func assemble(t *testing.T, stream []byte, dirs []*os.File) (tar []byte, names []string) {
	t.Helper()
	le := binary.LittleEndian
	for len(stream) > 0 {
		switch kind := stream[0]; kind {
		case 0, 1: // metadata, or a content
			end := 5 + le.Uint32(stream[1:])
			tar = append(tar, stream[5:end]...)
			stream = stream[end:]
		case 2: // a file
			size, dir, end := le.Uint64(stream[1:]), le.Uint32(stream[9:]), 17+le.Uint32(stream[13:])
			name := string(stream[17:end])
			fd, err := unix.Openat2(int(dirs[dir].Fd()), name, &unix.OpenHow{Flags: unix.O_RDONLY | unix.O_CLOEXEC, Resolve: unix.RESOLVE_BENEATH})
			must(t, err)
			f := os.NewFile(uintptr(fd), name)
			content, err := io.ReadAll(f)
			must(t, err)
			must(t, f.Close())
			if uint64(len(content)) != size {
				t.Errorf("%s has %d bytes, the stream says %d", name, len(content), size)
			}
			tar, names, stream = append(tar, content...), append(names, name), stream[end:]
		default:
			t.Fatalf("a chunk of type %d", kind)
		}
	}
	return tar, names
}
