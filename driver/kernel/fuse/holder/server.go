package holder

import (
	"fmt"
	"io"
	"os"
	"runtime"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/driver/kernel/fuse"
)

// serve serves the image until nothing is mounted. resume is set if another server has served it before.
func serve(resume bool) error {
	connection := os.NewFile(connectionFD, "/dev/fuse")
	image, counter := os.NewFile(imageFD, "image"), os.NewFile(countFD, "count")
	defer runtime.KeepAlive(image) // List looks at both descriptors
	defer runtime.KeepAlive(counter)
	server, err := open(image, counter)
	if err == nil && resume {
		err = fuse.Resume(connection)
	}
	if !resume {
		pipe := os.NewFile(readyFD, "pipe")
		if err != nil {
			return report(pipe, err)
		}
		if _, err = io.WriteString(pipe, ready); err == nil {
			err = pipe.Close()
		}
	}
	if err != nil {
		return err
	}
	return server.Serve(connection)
}

// open maps both files into memory.
func open(image, counter *os.File) (*fuse.Server, error) {
	st, err := image.Stat()
	if err != nil {
		return nil, err
	}
	b, err := unix.Mmap(int(image.Fd()), 0, int(st.Size()), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("map the image: %w", err)
	}
	view, err := erofs.NewView(b)
	if err != nil {
		return nil, err
	}
	c, err := openCount(counter)
	if err != nil {
		return nil, err
	}
	c.start()
	return fuse.NewServer(view, c.add), nil
}
