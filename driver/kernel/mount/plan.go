package mount

import (
	"fmt"
	"os"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Plan is an overlay mount as data. Lowers is required; the zero value of every other field is a
// default.
type Plan struct {
	// Source is the source of the mount in mountinfo; "" means [DefaultSource].
	Source string

	// Lowers are the layers whose trees are merged, top first. At least one is required.
	Lowers []Layer

	// Data are the data-only lower layers (Linux 6.5): directories that contain the contents to
	// which files of Lowers are redirected, and that are hidden otherwise.
	Data []string

	// Upper and Work are the writable layer and its working directory, on the same file system. Both
	// are set or neither. Without them the mount is read-only.
	Upper, Work string

	// Attrs are the attributes of the mount.
	Attrs Attrs

	// Volatile omits every sync of Upper (Linux 5.10). After a crash Upper may be damaged.
	Volatile bool

	// Metacopy sets metacopy=on, so that the kernel follows redirects from any layer into Data. Upper
	// may then contain metacopy files, which have no contents without the mount. Kernels below 6.16
	// need the option. Later ones follow redirects without it from the lowest of Lowers only: opening
	// a file of a layer with another one below it fails with EPERM.
	//
	// Without Metacopy the mount has metacopy=off, because the default depends on the configuration
	// of the kernel. redirect_dir is always on: composefs images have no UUID, and without one of the
	// options redirect_dir, metacopy, index and xino, overlayfs forgets the origin of an upper file.
	// The two names of a hard link would be two files, and a file would become another one when a
	// process writes to it (ovl_lower_uuid_ok of fs/overlayfs). A renamed directory of Lowers is in
	// Upper without its entries.
	Metacopy bool

	// UserXattr is the option userxattr, for mounts in a user namespace: overlayfs then acts on the
	// xattrs user.overlay.* of the layers instead of trusted.overlay.*. The kernel follows redirects
	// from the lowest of Lowers into Data (Linux 6.16). It refuses metacopy and redirect_dir, so a rename of a
	// directory of Lowers fails with EXDEV.
	UserXattr bool

	// Xino is the option xino. Lowers and Upper are on several file systems. Without XinoOn, the
	// files of each have another st_dev, and directories get another st_ino each time the kernel
	// drops their dentry.
	Xino Xino

	// Verity is the option verity. Kernels that need Metacopy to follow redirects refuse
	// [VerityRequire] without it.
	Verity Verity

	// Label is the SELinux label of all files in the mount (context=), "" for their
	// own.
	Label string

	// UserNS is a user namespace whose maps the owners in Lowers get (idmapped mounts, Linux 5.19),
	// nil for none. Data needs no maps, because no process sees its owners, and Upper already has the
	// right owners.
	UserNS *os.File
}

// DefaultSource is the source of mounts by mount.composefs.
const DefaultSource = "composefs"

// MaxLayers limits the number of Lowers and Data together: OVL_MAX_STACK of fs/overlayfs/params.h.
const MaxLayers = 500

// Layer is one layer of a merged tree. Exactly one of Dir, File and Image is set.
type Layer struct {
	// Dir is a directory's path.
	Dir string

	// File is an open directory (O_PATH suffices), such as the root of a mount. The caller closes it.
	File *os.File

	// Image is an image that the plan mounts for itself.
	Image *Image

	// Unmapped excludes the layer from UserNS. Its owners are already right if it was the upper
	// directory of a mount with a UserNS.
	Unmapped bool
}

// Image is an EROFS image in a file.
type Image struct {
	// Path is the file's path. It is for messages only if File is set.
	Path string

	// File is the image, open for reading. If it is nil, the mount opens Path. The caller closes it.
	File *os.File

	// Digest is the required fs-verity digest, nil for none. The kernel measures the descriptor that
	// is mounted.
	Digest *verity.Digest

	// Hash returns the fs-verity digest of the content of a file without fs-verity. It finds earlier
	// damage, but does not protect from later changes. If it is nil, the kernel measures the file.
	Hash func(*os.File) (verity.Digest, error)

	Backing Backing
}

// Backing is the kind of source from which an EROFS image is mounted.
type Backing int

const (
	// BackingAuto is the file, or a loop device if the kernel cannot mount this file: below 6.12, or
	// on some file systems.
	BackingAuto Backing = iota
	// BackingFile is the file.
	BackingFile
	// BackingLoop is a new loop device. Some kernels count a file as a level of stacking; there, only
	// a loop device leaves room for another overlay on top.
	BackingLoop
)

// Verity selects whether the kernel verifies contents.
type Verity int

const (
	// VerityOff verifies nothing.
	VerityOff Verity = iota
	// VerityRequire refuses to open a file whose object has another fs-verity digest than in the
	// image, or none (verity=require, Linux 6.6).
	VerityRequire
)

// Xino selects whether overlayfs puts the number of a layer's file system into the high bits of
// st_ino, so that the whole mount has one st_dev and constant inode numbers.
type Xino string

const (
	// XinoDefault is the kernel's configuration: off, or auto with
	// CONFIG_OVERLAY_FS_XINO_AUTO.
	XinoDefault Xino = ""
	// XinoOff never does so.
	XinoOff Xino = "off"
	// XinoAuto does so unless a layer's file system lacks file handles, or two of them have the same
	// UUID. Two EROFS images without a UUID count as the same.
	XinoAuto Xino = "auto"
	// XinoOn always does so. No kernel refuses it. A file whose inode number needs the high bits is as
	// with XinoOff, and so are all files on a 32-bit kernel.
	XinoOn Xino = "on"
)

// ParseXino returns the value of the mount option xino.
func ParseXino(value string) (Xino, error) {
	switch x := Xino(value); x {
	case XinoOff, XinoAuto, XinoOn:
		return x, nil
	}
	return XinoDefault, fmt.Errorf("xino=%s: use on, auto or off", value)
}

// Attrs are attributes of a mount, with the values of MOUNT_ATTR_* in linux/mount.h. The zero value is
// read-write with devices, setuid, exec and relatime.
type Attrs uint64

// The attributes of mounts.
const (
	ReadOnly    Attrs = 0x1
	NoSuid      Attrs = 0x2
	NoDev       Attrs = 0x4
	NoExec      Attrs = 0x8
	NoAtime     Attrs = 0x10
	StrictAtime Attrs = 0x20
	NoDirAtime  Attrs = 0x80
	NoSymFollow Attrs = 0x200000
)

// attrNames are the options of mount(8), with the attributes that each clears and sets.
var attrNames = []struct {
	name       string
	clear, set Attrs
}{
	{"ro", 0, ReadOnly},
	{"nosuid", 0, NoSuid},
	{"nodev", 0, NoDev},
	{"noexec", 0, NoExec},
	{"noatime", NoAtime | StrictAtime, NoAtime},
	{"strictatime", NoAtime | StrictAtime, StrictAtime},
	{"nodiratime", 0, NoDirAtime},
	{"nosymfollow", 0, NoSymFollow},
	{"rw", ReadOnly, 0},
	{"suid", NoSuid, 0},
	{"dev", NoDev, 0},
	{"exec", NoExec, 0},
	{"relatime", NoAtime | StrictAtime, 0},
	{"diratime", NoDirAtime, 0},
	{"symfollow", NoSymFollow, 0},
}

// With applies an option of mount(8), such as "nodev" or "dev", and reports whether the option is
// known.
func (a Attrs) With(option string) (Attrs, bool) {
	for _, n := range attrNames {
		if n.name == option {
			return a&^n.clear | n.set, true
		}
	}
	return a, false
}
