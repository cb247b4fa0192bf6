package holder

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/driver/kernel/fuse"
)

// serve serves the image until nothing is mounted. resume is set if another server has served it before.
func serve(resume bool) error {
	connection := os.NewFile(connectionFD, "/dev/fuse")
	server, err := open(os.NewFile(imageFD, "image"))
	if err == nil && resume {
		err = fuse.Resume(connection)
	}
	if !resume {
		pipe := os.NewFile(readyFD, "pipe")
		if err != nil {
			return tell(pipe, err)
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

// open maps the image into memory.
func open(image *os.File) (*fuse.Server, error) {
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
	counter, err := openCount(os.NewFile(countFD, "count"))
	if err != nil {
		return nil, err
	}
	counter.start()
	return fuse.NewServer(view, counter.add), nil
}
