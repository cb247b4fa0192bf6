//go:build linux

package mounthelper

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/message"
)

// Mounter mounts an image with its objects.
type Mounter struct {
	Name string    // of the command, for hints
	Out  io.Writer // for results

	// Find returns the image with a name that is not the path of a file. ok is false for such a path. If Find is nil,
	// all names are paths.
	Find func(name string) (image Source, ok bool, err error)
	// Open opens an image. nil means os.Open: only the kernel judges the image.
	Open func(path string) (*os.File, error)
	// ObjectsOf guesses the object directory of an image without basedir, for a hint. It returns "" for an
	// unknown one, and may be nil.
	ObjectsOf func(image string) string
	// Cmdline is the file with the kernel's command line. "" means /proc/cmdline.
	Cmdline string

	Options               []string // lists of mount options
	Sloppy, Fake, Verbose bool     // -s, -f and -v of mount(8)
	FromCmdline           bool     // the first argument is a root file system, not an image
}

// Source is the image of a mount.
type Source struct {
	Image    string         // path
	Basedirs []string       // object directories, if they are known
	Digest   *verity.Digest // that it must have, if mounts must be verified
}

// UsageError is a mistake in the command line.
type UsageError struct{ error }

func (e UsageError) Unwrap() error { return e.error }

// Mount mounts an image on a directory.
func (m *Mounter) Mount(name, dir string) error {
	o, err := parseOptions(strings.Join(m.Options, ","), m.Sloppy)
	if err != nil {
		return m.seeHelp(err)
	}
	source := ""
	if m.FromCmdline {
		if name, source, err = o.booted(cmp.Or(m.Cmdline, "/proc/cmdline"), name); err != nil {
			return err
		}
	}
	found, err := m.find(name, &o)
	if err != nil {
		return err
	}
	image, err := m.open(found.Image)
	if err != nil {
		return err
	}
	defer image.Close() //nolint:errcheck // open for reading
	plan, err := m.plan(found, image, &o)
	if err != nil {
		return err
	}
	plan.Source = source
	if o.idmap != "" {
		if plan.UserNS, err = os.Open(o.idmap); err != nil {
			return err
		}
		defer plan.UserNS.Close() //nolint:errcheck // open for reading
	}
	if !m.Fake {
		if err := mount.Do(plan, dir); err != nil {
			return withVerityHint(err, found.Image)
		}
	}
	if m.Verbose {
		_, err = fmt.Fprintf(m.Out, "%q: %s\n", dir, plan)
	}
	return err
}

// find returns the image with a name. Options with a basedir are for files only.
func (m *Mounter) find(name string, o *options) (Source, error) {
	if m.Find != nil && len(o.basedirs) == 0 {
		if found, ok, err := m.Find(name); ok || err != nil {
			return found, err
		}
	}
	return Source{Image: name}, nil
}

func (m *Mounter) open(path string) (*os.File, error) {
	if m.Open == nil {
		return os.Open(path)
	}
	return m.Open(path)
}

// plan returns the mount that the options ask for, of an image that is open.
func (m *Mounter) plan(source Source, image *os.File, o *options) (*mount.Plan, error) {
	basedirs := o.basedirs
	if len(basedirs) == 0 {
		basedirs = source.Basedirs
	}
	if len(basedirs) == 0 {
		return nil, m.noBasedir(source.Image)
	}
	digest := cmp.Or(o.digest, source.Digest)
	p := &mount.Plan{
		Lowers: []mount.Layer{{Image: &mount.Image{Path: source.Image, File: image, Digest: digest}}},
		Data:   basedirs,
		Upper:  o.upper,
		Work:   o.work,
		Attrs:  o.attrs,
		Label:  o.label,
		Xino:   o.xino,
		// As in the C program: without metacopy, files do not open if its upper
		// directories have only their metadata.
		Metacopy: true,
	}
	if o.requireVerity() || digest != nil {
		p.Verity = mount.VerityRequire
	}
	return p, p.Validate()
}

// requireVerity reports whether the kernel must verify contents. With tryverity it must if it can.
func (o *options) requireVerity() bool {
	return o.verity || o.digest != nil || o.tryVerity && mount.TakesVerity()
}

// noBasedir returns the error of options without a basedir.
func (m *Mounter) noBasedir(image string) error {
	where := ""
	if m.ObjectsOf != nil {
		where = m.ObjectsOf(image)
	}
	return message.WithHint(UsageError{fmt.Errorf("no basedir= given for %s", image)},
		"add -o basedir=%s, the directory of its objects", message.Word(cmp.Or(where, "POOL/objects")))
}

// withVerityHint adds the remedy for an image without fs-verity.
func withVerityHint(err error, image string) error {
	if errors.Is(err, verity.ErrNotEnabled) {
		return message.WithHint(err, `"fsverity enable %s" does that; first make sure that it is the right image`, message.Word(image))
	}
	return err
}

// seeHelp adds the hint to read the help of the command.
func (m *Mounter) seeHelp(err error) error { return message.WithHint(err, `see "%s --help"`, m.Name) }
