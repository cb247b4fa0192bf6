//go:build linux

package feature

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/kernel/fuse/holder"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
)

// The features of mounts. fs-verity depends on the file system only. The probes of the others use
// images and directories on the file system.
var (
	// FileErofs is mounting EROFS images from files.
	FileErofs = &Feature{Name: "EROFS from a file", Since: "6.12", probe: sampled(fileErofs), lacking: unbacked}

	// FileErofsFlat is stacking two overlays on an image that is mounted from a file. Some kernels
	// count the file as one of the two possible levels of stacking (d53cd891f0e4 of Linux).
	FileErofsFlat = &Feature{Name: "two overlays above EROFS from a file", Since: "6.12", probe: sampled(fileErofsFlat), lacking: unbacked}

	// LoopErofs is mounting EROFS images from loop devices.
	LoopErofs = &Feature{Name: "EROFS from a loop device", Since: "5.8", probe: sampled(loopErofs)}

	// DataLayers is data-only lower layers.
	DataLayers = &Feature{Name: "data-only layers of overlayfs", Since: "6.5", probe: sampled(dataLayers)}

	// LayerByLayer is adding lower layers one by one.
	LayerByLayer = &Feature{Name: "lowerdir+ of overlayfs", Since: "6.8", probe: layerByLayer}

	// PlainRedirect is following a redirect into a data-only layer without metacopy=on, from the lowest
	// other layer: see [mount.Plan].
	PlainRedirect = &Feature{Name: "redirects of overlayfs without metacopy", Since: "6.16", probe: sampled(plainRedirect)}

	// IdmappedErofs is an idmapped mount of EROFS as a layer of an overlay.
	IdmappedErofs = &Feature{Name: "idmapped EROFS below overlayfs", Since: "5.19", probe: sampled(idmappedErofs), lacking: unmapped}

	// IdmappedDir is an idmapped directory of the file system as a layer of an overlay.
	IdmappedDir = &Feature{Name: "idmapped directories below overlayfs", Since: "5.19", probe: sampled(idmappedDir), lacking: unmapped}

	// Served is what mounts without root need: FUSE, and overlayfs with the option userxattr and data-only
	// layers. Programs that probe it call reexec.Init first.
	Served = &Feature{Name: "FUSE below overlayfs with userxattr and data-only layers", Since: "6.16", probe: sampled(served)}

	// ServedIdmapped is an idmapped mount of FUSE as a layer of an overlay, in a user namespace.
	ServedIdmapped = &Feature{Name: "idmapped FUSE below overlayfs", Since: "6.12", probe: sampled(servedIdmapped)}

	// ServedVerity is the option verity=require together with userxattr.
	ServedVerity = &Feature{Name: "verity=require of overlayfs with userxattr", Since: "6.16", probe: sampled(servedVerity)}

	// OverlayVerity is the option verity=require.
	OverlayVerity = &Feature{Name: "verity=require of overlayfs", Since: "6.6", probe: sampled(overlayVerity)}

	// Verity is fs-verity. tune2fs can turn it on, so the answer is not kept.
	Verity = &Feature{Name: "fs-verity", probe: fsVerity, cheap: true}
)

// All returns all features for root; each one follows those that it needs.
func All() []*Feature {
	return []*Feature{
		FileErofs, LoopErofs, FileErofsFlat, DataLayers, LayerByLayer, PlainRedirect,
		IdmappedErofs, IdmappedDir, OverlayVerity, Verity,
	}
}

// Rootless returns the features for mounts without root.
func Rootless() []*Feature { return []*Feature{Served, ServedIdmapped, ServedVerity, Verity} }

// Backing returns the backing for mounts of images in dir: files if the kernel then still allows
// another overlay on top, otherwise loop devices.
func Backing(dir string) mount.Backing {
	if FileErofsFlat.Has(dir) {
		return mount.BackingFile
	}
	return mount.BackingLoop
}

// Mountable returns an error of [Feature.Check] if composefs images in dir cannot be mounted.
func Mountable(dir string) error {
	err := DataLayers.Check(dir)
	if err == nil && !FileErofs.Has(dir) {
		err = LoopErofs.Check(dir)
	}
	return err
}

// Servable returns an error of [Feature.Check] if composefs images in dir cannot be mounted without root.
func Servable(dir string) error {
	device, err := os.OpenFile(holder.Device, os.O_RDWR|unix.O_CLOEXEC, 0) // not kept: its mode may change
	if err != nil {
		return no(fmt.Sprintf("%s cannot be opened: %v", holder.Device, errors.Unwrap(err)))
	}
	device.Close() //nolint:errcheck // nothing is mounted
	err = Served.Check(dir)
	if errors.Is(err, ErrNotSupported) && kernelBefore(6, 16) {
		return no("Linux 6.16 or newer is needed")
	}
	return err
}

// Verifiable returns an error of [Feature.Check] if the kernel cannot verify mounts of images in dir.
func Verifiable(dir string) error {
	err := Verity.Check(dir)
	if err == nil {
		err = OverlayVerity.Check(dir)
	}
	return err
}

func fileErofs(s *sample) error { return s.erofs(mount.BackingFile) }
func loopErofs(s *sample) error { return s.erofs(mount.BackingLoop) }

func (s *sample) erofs(backing mount.Backing) error {
	s.image.Backing = backing
	mnt, err := mount.Erofs(s.image)
	if err != nil {
		return err
	}
	return errors.Join(s.readInline(mnt), mnt.Close())
}

// fileErofsFlat stacks two overlays on an image.
func fileErofsFlat(s *sample) error {
	s.image.Backing = mount.BackingFile
	first, err := mount.Detached(&mount.Plan{Lowers: []mount.Layer{{Image: s.image}, {Dir: s.empty}}})
	if err != nil {
		return err
	}
	defer first.Close() //nolint:errcheck // O_PATH
	if _, _, detached := mount.Abilities(); !detached {
		if err := mount.Attach(first, s.place); err != nil {
			return err
		}
		defer mount.Undo(s.place) //nolint:errcheck // or the directory cannot be removed
	}
	return s.try(&mount.Plan{Lowers: []mount.Layer{{File: first}, {Dir: s.empty}}}, (*sample).readInline)
}

func dataLayers(s *sample) error {
	return s.try(&mount.Plan{Lowers: []mount.Layer{{Image: s.image}}, Data: []string{s.objects}, Metacopy: true}, (*sample).readExternal)
}

func layerByLayer(string) error {
	if yes, _, _ := mount.Abilities(); !yes {
		return no("overlayfs does not know the option")
	}
	return nil
}

func plainRedirect(s *sample) error {
	return s.try(&mount.Plan{Lowers: []mount.Layer{{Image: s.image}}, Data: []string{s.objects}}, func(s *sample, mnt *os.File) error {
		if err := s.readExternal(mnt); err != nil {
			return no(err.Error()) // EPERM or EIO: the kernel does not follow it
		}
		return nil
	})
}

// served lets a server of its own serve the image.
func served(s *sample) error {
	mnt, err := holder.Mount(s.image, holder.Place{})
	if err != nil {
		return err
	}
	defer mnt.Close() //nolint:errcheck // O_PATH
	return s.try(&mount.Plan{Lowers: []mount.Layer{{File: mnt}}, Data: []string{s.objects}, UserXattr: true}, (*sample).readExternal)
}

func servedIdmapped(s *sample) error {
	mnt, err := holder.Mount(s.image, holder.Place{})
	if err != nil {
		return err
	}
	defer mnt.Close() //nolint:errcheck // O_PATH
	return s.tryMapped(&mount.Plan{Lowers: []mount.Layer{{File: mnt}}, Data: []string{s.objects}, UserXattr: true}, "inline")
}

func servedVerity(s *sample) error {
	p := &mount.Plan{Lowers: []mount.Layer{{Dir: s.empty}}, Data: []string{s.objects}, Verity: mount.VerityRequire, UserXattr: true}
	return s.try(p, func(*sample, *os.File) error { return nil })
}

func idmappedErofs(s *sample) error {
	return s.tryMapped(&mount.Plan{Lowers: []mount.Layer{{Image: s.image}, {Dir: s.objects}}}, "inline")
}

func idmappedDir(s *sample) error {
	return s.tryMapped(&mount.Plan{Lowers: []mount.Layer{{Dir: s.empty}, {Dir: s.objects}}}, ".")
}

func overlayVerity(s *sample) error {
	p := &mount.Plan{Lowers: []mount.Layer{{Dir: s.empty}, {Dir: s.objects}}, Verity: mount.VerityRequire, Metacopy: true}
	return s.try(p, func(*sample, *os.File) error { return nil })
}

// fsVerity enables fs-verity on a file and measures it.
func fsVerity(dir string) error {
	path, content := filepath.Join(dir, "file"), []byte("verified")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // open for reading
	if err := enable(f); err != nil {
		var e *os.PathError
		if errors.As(err, &e) {
			err = e.Err // the feature has the name of what failed, and the file is the probe's
		}
		return err
	}
	got, err := verity.SHA256.Measure(f)
	if want := verity.Sum(content); err == nil && got != want {
		err = fmt.Errorf("measured %s, want %s", got, want)
	}
	return err
}

// enable enables fs-verity. It retries, because a child of the process may have the file open for
// writing until it calls exec.
func enable(f *os.File) error {
	err := verity.SHA256.Enable(f)
	for range 100 {
		if !errors.Is(err, unix.ETXTBSY) {
			break
		}
		time.Sleep(time.Millisecond)
		err = verity.SHA256.Enable(f)
	}
	return err
}
