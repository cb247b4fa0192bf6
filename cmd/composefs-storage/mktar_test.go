package main

import (
	"archive/tar"
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
)

// mktar is a command of the scripts: "mktar FILE" makes a tar of what standard input
// says. A line is "TYPE NAME KEY=VALUE...", with types and keys as in the tables
// below; "#" begins a comment.
func mktar() {
	if err := makeTar(os.Args[1], os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "mktar:", err)
		os.Exit(1)
	}
}

func makeTar(path string, spec io.Reader) error {
	var entries []layertest.Entry
	lines := bufio.NewScanner(spec)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		e, err := parseEntry(words)
		if err != nil {
			return fmt.Errorf("%s: %w", lines.Text(), err)
		}
		entries = append(entries, e)
	}
	return errors.Join(lines.Err(), os.WriteFile(path, layertest.Tar(entries...), 0o644))
}

var tarTypes = map[string]struct {
	flag byte
	mode int64
}{
	"file":    {tar.TypeReg, 0o644},
	"dir":     {tar.TypeDir, 0o755},
	"symlink": {tar.TypeSymlink, 0o777},
	"link":    {tar.TypeLink, 0o644},
	"char":    {tar.TypeChar, 0o666},
	"fifo":    {tar.TypeFifo, 0o600},
}

func parseEntry(words []string) (e layertest.Entry, err error) {
	t, ok := tarTypes[words[0]]
	if !ok || len(words) < 2 {
		return e, errors.New("no type and name")
	}
	e.Header = tar.Header{Typeflag: t.flag, Name: words[1], Mode: t.mode, ModTime: time.Unix(1, 0)}
	for _, word := range words[2:] {
		key, value, _ := strings.Cut(word, "=")
		n, numberErr := strconv.ParseInt(value, 0, 64)
		switch key {
		case "mode":
			e.Mode = n
		case "uid":
			e.Uid = int(n)
		case "gid":
			e.Gid = int(n)
		case "mtime":
			e.ModTime = time.Unix(n, 0)
		case "fill": // that many bytes of the name, again and again
			e.Content = strings.Repeat(e.Name+"\n", int(n))[:n]
		case "text":
			e.Content, numberErr = value+"\n", nil
		case "to":
			e.Linkname, numberErr = value, nil
		default: // a PAX record
			e, numberErr = e.Record(key, value), nil
		}
		if numberErr != nil {
			return e, numberErr
		}
	}
	return e, nil
}
