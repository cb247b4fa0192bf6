package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime/debug"
	"syscall"
	"unicode"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/dump"
	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/scan"
	"github.com/composefs-storage/composefs-storage/convert/tree"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

const mkcomposefsUsage = `Usage:
  composefs-storage mkcomposefs [OPTIONS] SOURCE FILE
  mkcomposefs [OPTIONS] SOURCE FILE

Write a composefs image of the directory SOURCE to FILE. All options except --hard-links,
the messages and every byte of the image are those of mkcomposefs 1.0.8, the C program.

Options:
  --digest-store=PATH   copy the files' contents to this object directory
  --hard-links          keep hard links; the C program makes a file of each name
  --use-epoch           make all mtimes zero
  --skip-devices        leave out character and block devices
  --skip-xattrs         leave out all xattrs
  --user-xattrs         leave out all xattrs except user.*
  --print-digest        print the image's fs-verity digest
  --print-digest-only   the same, and do not write the image; FILE is left out
  --from-file           SOURCE is a dump file, composefs-dump(5); "-" is standard
                        input; the options above except --print-* do nothing
  --min-version=N       lowest format version to use, 0 or 1
  --max-version=N       highest format version to use, 0 or 1; without either
                        option they are 0 and 1, with one of them the other is 0
  --threads=N           read this number of files at a time (default: number of CPUs)

FILE may be "-" for standard output. With CFS_PARSE_STRICT in the environment,
mkcomposefs reads dump files more strictly. The exit code is 0 or 1.
`

func mkcomposefsCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use:                "mkcomposefs SOURCE FILE",
		Short:              "Make an image from a directory or a dump file",
		Long:               mkcomposefsUsage,
		DisableFlagParsing: true, // its options are those of getopt_long
		RunE: func(_ *cobra.Command, args []string) error {
			if code := mkcomposefs("composefs-storage mkcomposefs", args, s); code != exitOK {
				return reported(code)
			}
			return nil
		},
	}
}

// mkcomposefs is the program of that name. It reports its errors itself, in the
// words of the C program, and returns the exit code.
func mkcomposefs(name string, args []string, s streams) int {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400) // nearly all that is allocated is the tree, and stays
	}
	m := maker{streams: s}
	err := m.parse(args)
	if err == nil {
		err = m.make()
	}
	var usage commandLineError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errHelp):
		fmt.Fprint(s.out, mkcomposefsUsage)
		return exitOK
	case errors.As(err, &usage):
		if usage.message != "" {
			fmt.Fprintln(s.err, usage.message)
		}
		if usage.showUsage {
			fmt.Fprintf(s.err, "Usage: %s [OPTIONS] SOURCE IMAGE\nTry \"%s --help\" for the options.\n", name, name)
		}
	default:
		fmt.Fprintf(s.err, "mkcomposefs: %v\n", err)
	}
	return exitFailed
}

// maker holds the options of mkcomposefs.
type maker struct {
	streams
	options
	source, image string
}

func (m *maker) make() (err error) {
	out, finish, err := m.output()
	if err != nil {
		return err
	}
	defer func() { err = finish(err) }()
	t, err := m.tree()
	if err != nil {
		return err
	}
	format, err := m.format()
	if err != nil {
		return err
	}
	h := verity.New()
	if m.printDigest {
		out = io.MultiWriter(out, h)
	}
	opts := erofs.Options{Format: format, MkcomposefsBudget: true}
	if _, err := erofs.Write(out, t, opts); err != nil {
		return fmt.Errorf("cannot write file: %s", strerror(err))
	}
	if m.printDigest {
		_, err = fmt.Fprintln(m.out, h.Digest())
	}
	return err
}

// output opens the output before anything is read. finish closes it, and on error removes a new file; the
// C program leaves it behind.
func (m *maker) output() (out io.Writer, finish func(error) error, err error) {
	keep := func(err error) error { return err }
	if m.digestOnly {
		return io.Discard, keep, nil
	}
	if m.image == "-" {
		if f, ok := m.out.(*os.File); ok && isTerminal(f) {
			return nil, nil, errors.New("stdout is a tty.  Refusing to use it")
		}
		return m.out, keep, nil
	}
	_, statErr := os.Lstat(m.image)
	f, err := os.OpenFile(m.image, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return nil, nil, fmt.Errorf("failed to open output file: %s", strerror(err))
	}
	return f, func(err error) error {
		if closeErr := f.Close(); closeErr != nil && err == nil {
			err = fmt.Errorf("close output file: %s", strerror(closeErr))
		}
		if err != nil && errors.Is(statErr, fs.ErrNotExist) {
			_ = os.Remove(m.image) // the first error counts
		}
		return err
	}, nil
}

// tree reads the source.
func (m *maker) tree() (*tree.Tree, error) {
	if m.fromFile {
		return m.parseDump()
	}
	t, err := scan.Dir(context.Background(), m.source, m.scan)
	var pathErr *fs.PathError
	switch {
	case err == nil:
		return t, nil
	case errors.Is(err, syscall.ENOTDIR) && errors.As(err, &pathErr) && pathErr.Path == m.source:
		return nil, fmt.Errorf("cannot write file: %s", strerror(err))
	case errors.As(err, &pathErr):
		return nil, fmt.Errorf("error accessing %s: %s", pathErr.Path, strerror(err))
	}
	return nil, err
}

func (m *maker) parseDump() (*tree.Tree, error) {
	in, err := m.input(m.source)
	if err != nil {
		return nil, fmt.Errorf("open `%s`: %s", m.source, strerror(err))
	}
	defer in.Close() //nolint:errcheck // open for reading
	mode := dump.Lenient
	if _, strict := os.LookupEnv("CFS_PARSE_STRICT"); strict {
		mode = dump.CStrict
	}
	t, err := dump.Parse(in, mode)
	var syntax *dump.SyntaxError
	switch {
	case err == nil:
		return t, nil
	case errors.Is(err, dump.ErrLinkLoop):
		return nil, fmt.Errorf("cannot write file: %w", dump.ErrLinkLoop)
	case errors.As(err, &syntax):
		return nil, errors.New(syntax.Msg)
	case errors.Is(err, dump.ErrEmpty):
		return nil, err
	}
	return nil, errors.New("Error reading from file") // the C program's words
}

// strerror returns the C library's text for an error.
func strerror(err error) string {
	switch {
	case errors.Is(err, erofs.ErrTooLarge):
		err = syscall.EFBIG
	case errors.Is(err, erofs.ErrXattrBudget):
		err = syscall.ERANGE
	}
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return err.Error()
	}
	text := []rune(errno.Error()) // as strerror(3), but for the capital
	text[0] = unicode.ToUpper(text[0])
	return string(text)
}

func isTerminal(f *os.File) bool {
	_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	return err == nil
}
