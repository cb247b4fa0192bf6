//go:build linux

package driver

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/pkg/idmap"
	"github.com/containers/storage/pkg/idtools"
	"github.com/sirupsen/logrus"

	"github.com/composefs-storage/composefs-storage/config"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
)

// optionsPlan returns a plan with the mount options of a layer. Options of the mount replace
// mountopt, as in the stock driver. xino of mountopt stays, because a container must keep its inode
// numbers in a mount with options.
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
	if d.stores.Foreign(top) {
		p.Attrs |= mount.ReadOnly
	}
	return p, nil
}

// plan returns the mount plan of a chain without its lower layers.
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
		p.Upper, p.Work = top.Diffs[0], top.Work()
	} else {
		p.Volatile = false
	}
	if d.abilities().served {
		p.UserXattr = true
		return p, nil
	}
	p.Metacopy = d.abilities().metacopy || needsMetacopy(c)
	if hidesObjects(c) {
		p.Xino = mount.XinoOff
	}
	return p, nil
}

// apply applies options of mount(8). The driver decides about the options that change how overlayfs
// keeps an upper directory: apply ignores them and warns once of each.
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
			if _, again := process.warned.LoadOrStore(option, true); !again {
				logrus.Warnf("composefs: mount option %s is ignored: see containers-storage-composefs(5)", option)
			}
		default:
			return fmt.Errorf("mount option %q cannot be used with composefs", option)
		}
	}
	return nil
}

// hidesObjects reports whether a plain layer below an image has a root entry with the name of an
// object directory. The kernel then looks for objects in that entry, and opening such a file fails
// with EIO. With xino=on, overlayfs omits names that it cannot look up from listings, so that a copy
// of the tree would silently lack files.
func hidesObjects(c chain.Chain) bool {
	image := false
	for _, s := range c.Segments() {
		if s.Composefs() {
			image = true
			continue
		}
		for _, dir := range s.Top().Diffs {
			entries, _ := os.ReadDir(dir) // the mount reports errors
			if image && slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
				return namesObjects(e.Name())
			}) {
				return true
			}
		}
	}
	return false
}

// namesObjects reports whether a name is that of an object directory.
func namesObjects(name string) bool {
	return len(name) == 2 && strings.Trim(name, "0123456789abcdef") == ""
}

// needsMetacopy reports whether a mount of the chain needs metacopy=on: an image has another layer
// below it, or an upper directory may contain metacopy files.
func needsMetacopy(c chain.Chain) bool {
	segments := c.Segments()
	for i, s := range segments {
		if s.Composefs() && i < len(segments)-1 || len(s.Top().Diffs) > 1 {
			return true
		}
	}
	return hasMetacopyMark(c[0])
}

// hasMetacopyMark reports whether the layer may contain metacopy files, whose contents are in a
// lower layer. The layer then has the mark, or the directory that the stock driver leaves after a
// mount of composefs. After an error of lstat it assumes that one of them exists.
func hasMetacopyMark(l chain.Layer) bool {
	for _, name := range []string{l.MetacopyMark(), l.StockImages()} {
		if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
			return true
		}
	}
	return false
}

// prepareUpper prepares a layer's directory for a read-write mount and writes the metacopy mark.
func prepareUpper(l chain.Layer, p *mount.Plan) error {
	// overlayfs leaves this directory so that nobody mounts a volatile upper directory again.
	// Source: get of the stock driver, which removes it too.
	err := os.RemoveAll(l.VolatileMark())
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

// verifiedMark is the content of the metacopy mark if all mounts so far had verity=require. The
// metacopy xattr of every file then has the digest of the contents.
const verifiedMark = "verity\n"

func hasVerifiedMetacopy(l chain.Layer) bool {
	mark, err := os.ReadFile(l.MetacopyMark())
	return err == nil && string(mark) == verifiedMark
}

// verify plans verity=require if the setting verity asks for it, the images are sealed and the
// kernel can verify.
func (d *Driver) verify(p *mount.Plan, top chain.Layer, sealed bool) {
	switch {
	case d.conf.Verity == config.VerityRequire:
		p.Verity = mount.VerityRequire // without a probe: the mount fails where it does not work
	case d.conf.Verity == config.VerityOff || !sealed:
	case p.Upper != "" && hasMetacopyMark(top) && !hasVerifiedMetacopy(top):
		// Its metacopy files may lack the digest, and the kernel would not open them (EIO).
		logrus.Debugf("composefs: layer %s was mounted without verity, and stays so", top.ID)
	case d.cannotVerify() != nil:
		logrus.Warnf("composefs: contents are not verified: %v", d.cannotVerify())
	default:
		p.Verity = mount.VerityRequire
	}
}

// giveRoot gives a container's upper directory to root of the mount's user namespace. overlayfs
// does not map the upper directory, and shows its owner as that of the mount's root.
func (d *Driver) giveRoot(l chain.Layer, o graphdriver.MountOpts) error {
	if len(o.UidMaps) == 0 || len(o.GidMaps) == 0 || l.Composefs || d.stores.Foreign(l) {
		return nil
	}
	uid, gid, err := idtools.GetRootUIDGID(o.UidMaps, o.GidMaps)
	if err != nil {
		return err
	}
	return os.Chown(l.Diffs[0], uid, gid)
}

// shifts reports whether the mount maps owners by a user namespace.
func (d *Driver) shifts(o graphdriver.MountOpts) bool {
	return len(o.UidMaps) > 0 && len(o.GidMaps) > 0 && !keepsOwners(o) && d.SupportsShifting(o.UidMaps, o.GidMaps)
}

// mapsOf returns the maps of a mount, nil if it has none.
func mapsOf(o graphdriver.MountOpts) *idtools.IDMappings {
	if len(o.UidMaps)+len(o.GidMaps) == 0 {
		return nil
	}
	return idtools.NewIDMappingsFromMaps(o.UidMaps, o.GidMaps)
}

// userNamespace returns a new user namespace with the maps of a mount.
func userNamespace(maps *idtools.IDMappings) (*os.File, error) {
	pid, stop, err := idmap.CreateUsernsProcess(maps.UIDs(), maps.GIDs())
	if err != nil {
		return nil, err
	}
	defer stop()
	return os.Open(fmt.Sprintf("/proc/%d/ns/user", pid))
}
