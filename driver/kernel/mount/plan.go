package mount

import (
	"fmt"
	"os"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Plan is an overlay mount as data. The zero value of every field but Lowers is a
// sound default.
type Plan struct {
	// Source is what findmnt shows as the source; "" is [DefaultSource].
	Source string

	// Lowers are the layers whose trees are merged, top first. At least one.
	Lowers []Layer

	// Data are the directories that files of Lowers are redirected to, and that are
	// not seen otherwise (data-only lower layers, Linux 6.5).
	Data []string

	// Upper and Work are the writable layer and its working directory, on one file
	// system; both or neither. Without them the mount is read-only.
	Upper, Work string

	// Attrs are the attributes of the mount.
	Attrs Attrs

	// Volatile leaves out every sync of Upper (Linux 5.10). After a crash Upper is
	// not to be trusted.
	Volatile bool

	// Metacopy has the kernel follow redirects from any layer into Data, by
	// metacopy=on. Upper may then hold files that have metadata only, so that it
	// cannot be read without the mount. It is needed below Linux 6.16. Later ones
	// follow them without it too, but only from the lowest of Lowers: opening a file
	// of a layer that has another one below it fails with EPERM.
	//
	// Without it the mount says metacopy=off, so that what Upper may hold does not
	// depend on how the kernel was built. redirect_dir is always on: composefs images
	// have no UUID, and unless something like that is on, overlayfs then forgets where
	// an upper file came from: the two names of a hard link would be two files, and a
	// file another one when it is written to (ovl_lower_uuid_ok of fs/overlayfs). So a
	// directory of Lowers that was renamed is in Upper without what it holds.
	Metacopy bool

	// Xino is the option of that name. Lowers and Upper are on several file systems, and
	// without XinoOn files of each have an st_dev of their own, while directories get
	// another st_ino each time the kernel drops their dentry.
	Xino Xino

	// Verity says whether contents are verified. Kernels that need Metacopy to follow
	// redirects refuse [VerityRequire] without it.
	Verity Verity

	// Label is the SELinux label of all files in the mount (context=), "" for their
	// own.
	Label string

	// UserNS is a user namespace, by whose maps the owners in Lowers are shown
	// (idmapped mounts, Linux 5.19). Data and Upper are not mapped: nobody sees the
	// owners of the one, and the other's are right as they are. nil for none.
	UserNS *os.File
}

// DefaultSource is what mount.composefs gives as the source of its mounts.
const DefaultSource = "composefs"

// MaxLayers is how many Lowers and Data may be together: OVL_MAX_STACK of
// fs/overlayfs/params.h.
const MaxLayers = 500

// Layer is one layer of a merged tree. Exactly one of Dir, File and Image is set.
type Layer struct {
	// Dir is a directory's path.
	Dir string

	// File is an open directory (O_PATH suffices), such as the root of a mount. It
	// stays the caller's.
	File *os.File

	// Image is mounted for this one use.
	Image *Image

	// Unmapped: its owners are right as they are, as in an upper directory of a mount
	// with a UserNS that is a lower one now.
	Unmapped bool
}

// Image is an EROFS image in a file.
type Image struct {
	// Path is the file's path. It is for messages only if File is set.
	Path string

	// File is the image, open for reading. nil: Path is opened. It stays the
	// caller's.
	File *os.File

	// Digest is the file's fs-verity digest. If it is set, the file must have it: what
	// the kernel measures, through the descriptor that is mounted.
	Digest *verity.Digest

	// Hashed has the file read for Digest, where it has no fs-verity. That shows what
	// went wrong before, and nothing of what is done to the file later.
	Hashed bool

	Backing Backing
}

// Backing is what an EROFS image is mounted from.
type Backing int

const (
	// BackingAuto is the file, or a loop device if the kernel cannot do that with
	// this file: below 6.12, or on some file systems.
	BackingAuto Backing = iota
	// BackingFile is the file.
	BackingFile
	// BackingLoop is a loop device that nobody else uses. On kernels to which a file
	// is one more level of stacking, it keeps another overlay on top possible.
	BackingLoop
)

// Verity is whether contents are verified when they are opened.
type Verity int

const (
	// VerityOff verifies nothing.
	VerityOff Verity = iota
	// VerityRequire opens no content whose fs-verity digest is not what the image
	// says (verity=require, Linux 6.6).
	VerityRequire
)

// Xino is whether overlayfs puts the number of a layer's file system into the high bits of
// st_ino, so that the whole mount has one st_dev and numbers that stay.
type Xino string

const (
	// XinoDefault is the kernel's configuration: off, or auto with
	// CONFIG_OVERLAY_FS_XINO_AUTO.
	XinoDefault Xino = ""
	// XinoOff never does.
	XinoOff Xino = "off"
	// XinoAuto does, unless a layer's file system has no file handles, or two have the same
	// UUID. EROFS images have none, which counts as the same.
	XinoAuto Xino = "auto"
	// XinoOn always does. No kernel refuses it: a file whose own number needs the high
	// bits is as with XinoOff, and so are all files on a 32-bit kernel.
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

// Attrs are attributes of a mount, numbered as MOUNT_ATTR_* of linux/mount.h. The
// zero value is read-write with devices, setuid, exec and relatime.
type Attrs uint64

// The attributes a mount may have.
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

// attrNames are the words of mount(8), and what each clears and sets.
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

// With returns a with the option of mount(8) applied, such as "nodev" or "dev", and
// whether it is one that Attrs know.
func (a Attrs) With(option string) (Attrs, bool) {
	for _, n := range attrNames {
		if n.name == option {
			return a&^n.clear | n.set, true
		}
	}
	return a, false
}
