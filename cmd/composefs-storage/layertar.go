package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/composefs-storage/composefs-storage/driver/message"
)

// tarBuffer is how much of a tar is read at a time, in bytes.
const tarBuffer = 256 << 10

// compressions are those that layers come in.
var compressions = []struct{ magic, name, program string }{
	{"\x1f\x8b", "gzip", "zcat"},
	{"\x28\xb5\x2f\xfd", "zstd", "zstdcat"},
	{"\xfd7zXZ\x00", "xz", "xzcat"},
	{"BZh", "bzip2", "bzcat"},
}

// checkTar returns an error if the file at path, opened as in and read through r, is empty, compressed
// or a directory. It consumes nothing of r, and leaves other errors to the next reader.
func checkTar(in io.Reader, r *bufio.Reader, path string) error {
	if f, ok := in.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.IsDir() {
			return withHint(errors.New("it is a directory, not a tar"),
				"tar --xattrs --xattrs-include='*' -C %s -c . | composefs-storage convert-layer - ...", message.Word(path))
		}
	}
	start, err := r.Peek(6)
	if len(start) == 0 && err == io.EOF { // as bufio returns it
		return withHint(errors.New("it is empty, without even the end marker of a tar"),
			"see whether the program that writes the tar has failed")
	}
	for _, c := range compressions {
		if bytes.HasPrefix(start, []byte(c.magic)) {
			command := c.program
			if path != "-" {
				command += " " + message.Word(path)
			}
			return withHint(fmt.Errorf("it is compressed with %s", c.name),
				"%s | composefs-storage convert-layer - ...", command)
		}
	}
	return nil
}
