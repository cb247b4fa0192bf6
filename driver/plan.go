//go:build linux

package driver

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/pkg/idmap"
	"github.com/containers/storage/pkg/idtools"
	"github.com/sirupsen/logrus"

	"github.com/composefs-storage/composefs-storage/config"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// optionsPlan returns a plan with the options of a mount of a layer. As with the stock driver, options
// of the mount take the place of mountopt. xino is the exception: a container must not have other
// inode numbers in a mount that was given options.
func (d *Driver) optionsPlan(top chain.Layer, options graphdriver.MountOpts) (*mount.Plan, error) {
	p := &mount.Plan{Label: options.MountLabel, Volatile: options.Volatile, Xino: mount.XinoOn}
	global := d.mountOptions
	if len(options.Options) > 0 {
		global = slices.DeleteFunc(slices.Clone(global), func(option string) bool { return !strings.HasPrefix(option, "xino=") })
	}
	if err := apply(p, global); err != nil {
		return nil, fmt.Errorf("driver option mountopt: %w", err)
	}
	if err := apply(p, options.Options); err != nil {
		return nil, err
	}
	if d.stores.Beside(top) {
		p.Attrs |= mount.ReadOnly
	}
	return p, nil
}

// plan returns the mount of a chain, but for its lower layers.
func (d *Driver) plan(c chain.Chain, options graphdriver.MountOpts) (*mount.Plan, error) {
	top := c[0]
	p, err := d.optionsPlan(top, options)
	if err != nil {
		return nil, err
	}
	if p.Attrs&mount.ReadOnly == 0 {
		if top.Composefs {
			return nil, errors.New("its files are in a composefs image, so it can be mounted read-only only")
		}
		p.Upper, p.Work = top.Diffs[0], filepath.Join(top.Dir(), "work")
	} else {
		p.Volatile = false
	}
	p.Metacopy = d.abilities().metacopy || needsMetacopy(c)
	if hidesObjects(c) {
		p.Xino = mount.XinoOff
	}
	return p, nil
}

// apply applies options of mount(8). Those that say how overlayfs keeps its upper
// directory are the driver's decision; each is warned of once.
func apply(p *mount.Plan, options []string) error {
	for _, option := range options {
		if attrs, ok := p.Attrs.With(option); ok {
			p.Attrs = attrs
			continue
		}
		switch key, value, _ := strings.Cut(option, "="); key {
		case "":
		case "volatile":
			p.Volatile = true
		case "xino":
			xino, err := mount.ParseXino(value)
			if err != nil {
				return err
			}
			p.Xino = xino
		case "metacopy", "redirect_dir", "index", "nfs_export", "uuid":
			if _, again := warned.LoadOrStore(option, true); !again {
				logrus.Warnf("composefs: mount option %s is ignored; containers-storage-composefs(5) says why", option)
			}
		default:
			return fmt.Errorf("mount option %q cannot be used with composefs", option)
		}
	}
	return nil
}

// hidesObjects reports whether a plain layer below an image has a root entry with the name of a
// directory of objects, where the kernel may look for contents instead: opening such a file is EIO. With
// xino, overlayfs leaves names that it cannot look up out of listings, and copies of the tree would
// lack files without an error.
func hidesObjects(c chain.Chain) bool {
	image := false
	for _, s := range c.Segments() {
		if s.Composefs() {
			image = true
			continue
		}
		for _, dir := range s.Top().Diffs {
			entries, _ := os.ReadDir(dir) // mounting it reports errors
			if image && slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
				return len(e.Name()) == 2 && strings.Trim(e.Name(), "0123456789abcdef") == ""
			}) {
				return true
			}
		}
	}
	return false
}

// warned has the mount options that this process has warned of. A long-running process
// makes many drivers.
var warned sync.Map

// needsMetacopy reports whether the chain cannot be mounted without metacopy=on: an
// image has another layer below it, or an upper directory may hold files that have
// metadata only.
func needsMetacopy(c chain.Chain) bool {
	segments := c.Segments()
	for i, s := range segments {
		if s.Composefs() && i < len(segments)-1 || len(s.Top().Diffs) > 1 {
			return true
		}
	}
	return hasMetacopyMark(c[0])
}

// hasMetacopyMark reports whether the layer's files may be such that have metadata only,
// with their contents in a lower layer: it has the mark, or the directory that the stock
// driver leaves behind when it mounts composefs, or that cannot be found out.
func hasMetacopyMark(l chain.Layer) bool {
	for _, name := range []string{l.MetacopyMark(), filepath.Join(l.Dir(), "composefs-layers")} {
		if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
			return true
		}
	}
	return false
}

// prepareUpper readies a layer's directory for being mounted read-write.
func prepareUpper(l chain.Layer, p *mount.Plan) error {
	// overlayfs leaves this behind so that a volatile mount is not mounted again; the
	// store knows better. Source: get of the stock driver.
	err := os.RemoveAll(filepath.Join(l.Dir(), "work", "work", "incompat", "volatile"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	verified := p.Verity == mount.VerityRequire
	if !p.Metacopy || hasMetacopyMark(l) && (verified || !hasVerifiedMetacopy(l)) {
		return nil
	}
	mark := ""
	if verified {
		mark = verifiedMark
	}
	return os.WriteFile(l.MetacopyMark(), []byte(mark), 0o600)
}

// verifiedMark is in that file if all mounts have been with verity, so that all files that
// have metadata only say what digest their contents have.
const verifiedMark = "verity\n"

func hasVerifiedMetacopy(l chain.Layer) bool {
	mark, err := os.ReadFile(l.MetacopyMark())
	return err == nil && string(mark) == verifiedMark
}

// verify has the kernel verify contents, if the images are sealed and it can.
func (d *Driver) verify(p *mount.Plan, top chain.Layer, sealed bool) {
	switch {
	case d.conf.Verity == config.VerityRequire:
		p.Verity = mount.VerityRequire // also if that was never shown to work
	case d.conf.Verity == config.VerityOff || !sealed:
	case p.Upper != "" && hasMetacopyMark(top) && !hasVerifiedMetacopy(top):
		// Its files that have metadata only may lack the digest, so that reading them fails with EIO.
		logrus.Debugf("composefs: layer %s was mounted without verity, and stays so", top.ID)
	case d.cannotVerify() != nil:
		logrus.Warnf("composefs: contents are not verified: %v", d.cannotVerify())
	default:
		p.Verity = mount.VerityRequire
	}
}

// giveRoot gives a container's directory to root of the user namespace whose maps the
// mount has: it is not mapped, and the root of the mount is like it.
func (d *Driver) giveRoot(l chain.Layer, o graphdriver.MountOpts) error {
	if len(o.UidMaps) == 0 || len(o.GidMaps) == 0 || l.Composefs || d.stores.Beside(l) {
		return nil
	}
	uid, gid, err := idtools.GetRootUIDGID(o.UidMaps, o.GidMaps)
	if err != nil {
		return err
	}
	return os.Chown(l.Diffs[0], uid, gid)
}

// shifts reports whether the mount is to show owners by the maps of a user namespace.
func (d *Driver) shifts(o graphdriver.MountOpts) bool {
	return len(o.UidMaps) > 0 && len(o.GidMaps) > 0 && !o.DisableShifting && d.SupportsShifting(o.UidMaps, o.GidMaps)
}

// unshifted returns the maps of a user namespace that the mount does not show, as
// containers/storage mounts a copy with other owners; nil if there are none.
func (d *Driver) unshifted(o graphdriver.MountOpts) *idtools.IDMappings {
	if len(o.UidMaps)+len(o.GidMaps) == 0 || d.shifts(o) {
		return nil
	}
	return idtools.NewIDMappingsFromMaps(o.UidMaps, o.GidMaps)
}

// userNamespace makes a user namespace with the maps of a mount.
func userNamespace(o graphdriver.MountOpts) (*os.File, error) {
	pid, stop, err := idmap.CreateUsernsProcess(slices.Clone(o.UidMaps), slices.Clone(o.GidMaps))
	if err != nil {
		return nil, err
	}
	defer stop()
	return os.Open(fmt.Sprintf("/proc/%d/ns/user", pid))
}
