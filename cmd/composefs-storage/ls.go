package main

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/spf13/cobra"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/tree"
)

const lsUsage = `Usage:
  composefs-storage ls [-l | --json] FILE [PATH...]
  composefs-storage ls [-l | --json] [--root DIR] IMAGE [PATH...]

List the files of the image in FILE, or of the container image IMAGE, or those at and
below each PATH in it: one to a line, directories with a slash at the end, then a tab
and "@ OBJECT" for a file whose content is an object or "-> TARGET" for a symlink. Bytes
that a terminal would act on are shown as \n, \t or \xHH, a backslash as \\.

Options:
  -l, --long   print mode, link count, uid:gid, size or device number and
               mtime (seconds since the epoch, in UTC) before each path
  --json       print an array with all metadata of each file; xattr values and
               inline contents are in base64
  --root DIR   the store of IMAGE, instead of the one that storage.conf configures
`

func lsCommand(s streams) *cobra.Command {
	st, long, asJSON := &store{}, false, false
	cmd := &cobra.Command{
		Use:   "ls FILE|IMAGE [PATH...]",
		Short: "List the files of an image",
		Long:  lsUsage,
		Args:  atLeast(1, "FILE or IMAGE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if long && asJSON {
				return usageError{errors.New("--long and --json exclude each other")}
			}
			out := bufio.NewWriterSize(s.out, 64<<10)
			var print listPrinter = &linePrinter{out, long}
			if asJSON {
				print = &jsonPrinter{out: out}
			}
			err := st.withImage(cmd.Context(), args[0], func(m *erofs.Image) error { return list(m, args[1:], print) })
			if err != nil {
				return err
			}
			if err := print.end(); err != nil {
				return err
			}
			return out.Flush()
		},
	}
	st.addFlag(cmd)
	cmd.Flags().BoolVarP(&long, "long", "l", false, "")
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	return cmd
}

// listPrinter prints files one by one.
type listPrinter interface {
	file(path string, nid uint64, n *tree.Inode) error
	end() error
}

// list prints the files at and below the paths, in the order of a walk, or all files without paths.
func list(m *erofs.Image, paths []string, print listPrinter) error {
	wanted := make([]string, len(paths))
	for i, p := range paths {
		if _, err := m.Lookup(p); err != nil { // so there is no "." or ".." in it
			return err
		}
		wanted[i] = path.Clean("/" + p)
	}
	return m.Walk(func(path string, nid uint64, n *tree.Inode) error {
		listed, leadsTo := len(wanted) == 0, false
		for _, w := range wanted {
			listed = listed || isBelow(path, w)
			leadsTo = leadsTo || isBelow(w, path)
		}
		switch {
		case listed:
			return print.file(path, nid, n)
		case n.IsDir() && !leadsTo:
			return fs.SkipDir
		}
		return nil
	})
}

// isBelow reports whether path is dir or below it.
func isBelow(path, dir string) bool {
	return dir == "/" || path == dir || strings.HasPrefix(path, dir+"/")
}

// linePrinter prints a line for each file.
type linePrinter struct {
	out  *bufio.Writer
	long bool
}

func (p *linePrinter) end() error { return nil }

func (p *linePrinter) file(path string, _ uint64, n *tree.Inode) error {
	line := escape(path)
	if n.IsDir() && path != "/" {
		line += "/"
	}
	switch {
	case n.Type() == tree.TypeSymlink:
		line += "\t-> " + escape(n.Payload)
	case n.IsExternal() && n.Payload != "":
		line += "\t@ " + escape(n.BackingPath())
	case n.Type() == tree.TypeWhiteout:
		line += "\t(whiteout)"
	case n.Dir != nil && n.Dir.Opaque:
		line += "\t(opaque)"
	}
	if p.long {
		line = longPrefix(n) + line
	}
	_, err := fmt.Fprintln(p.out, line)
	return err
}

func longPrefix(n *tree.Inode) string {
	size := fmt.Sprint(n.Size)
	switch n.Type() {
	case tree.TypeChar, tree.TypeBlock:
		major, minor := device(n.Rdev)
		size = fmt.Sprintf("%d,%d", major, minor)
	case tree.TypeFifo, tree.TypeSocket:
		size = "0"
	}
	return fmt.Sprintf("%s %3d %5d:%-5d %10s %10d.%09d ", modeString(n.Mode), n.Nlink, n.UID, n.GID, size, n.MtimeSec, n.MtimeNsec)
}

// device splits a device number as glibc does, of which images have 32 bits.
func device(rdev uint32) (major, minor uint32) {
	return rdev >> 8 & 0xfff, rdev&0xff | rdev>>12&0xfff00
}

// modeString returns a mode as ls(1) shows it.
func modeString(mode uint32) string {
	const types = "?pc?d?b?-?l?s?w?"
	b := []byte("?rwxrwxrwx")
	b[0] = types[mode&tree.TypeMask>>12]
	for i := range 9 {
		if mode&(0o400>>i) == 0 {
			b[1+i] = '-'
		}
	}
	special := func(bit uint32, at int, letter byte) {
		if mode&bit == 0 {
			return
		}
		if b[at] == '-' {
			letter -= 'a' - 'A'
		}
		b[at] = letter
	}
	special(0o4000, 3, 's')
	special(0o2000, 6, 's')
	special(0o1000, 9, 't')
	return string(b)
}
