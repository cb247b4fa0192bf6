package chain

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// This file spells the names on disk: those of containers/storage, of a pool, and of the run root.
// No other file of the driver and the command spells them, apart from the pool's own package,
// convert/objects. tests/layout_test.go checks this.

const (
	homeDir     = "overlay"
	linkDir     = "l"
	linkFile    = "link"
	diffDir     = "diff"
	dataDir     = "composefs-data"
	imageFile   = "composefs.blob"
	mountPoint  = "merged"
	stockImages = "composefs-layers"
	mergedFile  = "merged.blob"
	segmentFile = "segment.blob"
	metacopy    = "composefs-metacopy"
	separate    = "composefs-separate"
	idmapFile   = "composefs-idmap"
	workDir     = "work"
)

// Home returns the directory of layers below the root of a store, or below the run root for the
// mount points of layers in other stores.
func Home(root string) string { return filepath.Join(root, homeDir) }

// Root returns the root of the store.
func (s Store) Root() string { return filepath.Dir(s.Home) }

// Pool returns the directory of the store's pool. It is a sibling of the layers' directory, because
// stock containers/storage reports unknown entries in that directory as damaged layers.
func (s Store) Pool() string { return s.Home + "-composefs" }

// PoolLayers returns the pool's directory with an entry for each layer that may have objects in the
// pool.
func (s Store) PoolLayers() string { return filepath.Join(s.Pool(), "layers") }

// PoolObjects returns the pool's directory of objects.
func (s Store) PoolObjects() string { return filepath.Join(s.Pool(), "objects") }

// PoolImages returns the pool's directory of merged images.
func (s Store) PoolImages() string { return filepath.Join(s.Pool(), "images") }

// PoolStaging returns the pool's directory of staged layers.
func (s Store) PoolStaging() string { return filepath.Join(s.Pool(), "staging") }

// PoolChains returns the pool's directory of links to the merged images of read-only stores.
func (s Store) PoolChains() string { return filepath.Join(s.Pool(), "chains") }

// LayersDir returns the directory in which containers/storage records layers.
func (s Store) LayersDir() string { return s.Home + "-layers" }

// ImagesDir returns the directory in which containers/storage records container images.
func (s Store) ImagesDir() string { return s.Home + "-images" }

// ContainersDir returns the directory in which containers/storage records containers.
func (s Store) ContainersDir() string { return s.Home + "-containers" }

// LayerRecords returns the file in which containers/storage records layers.
func (s Store) LayerRecords() string { return filepath.Join(s.LayersDir(), "layers.json") }

// LayersLock returns the lock file of the layers.
func (s Store) LayersLock() string { return filepath.Join(s.LayersDir(), "layers.lock") }

// ImageRecords returns the file in which containers/storage records container images.
func (s Store) ImageRecords() string { return filepath.Join(s.ImagesDir(), "images.json") }

// ContainerRecords returns the files in which containers/storage records containers. Some containers
// end with a reboot: their file is below the run root.
func (s Store) ContainerRecords(run RunRoot) []string {
	return []string{
		filepath.Join(s.ContainersDir(), "containers.json"),
		run.Containers(),
		filepath.Join(s.ContainersDir(), "volatile-containers.json"),
	}
}

// MountProgramMark returns the file in which the stock driver records whether fuse-overlayfs has
// mounted layers of the store.
func (s Store) MountProgramMark() string { return filepath.Join(s.Home, ".has-mount-program") }

// TarSplit returns the file of a layer's tar-split. The primary store has the tar-splits of layers in an
// imagestore. The error wraps [fs.ErrNotExist] if there is none.
func (s *Stores) TarSplit(l Layer) (name string, err error) {
	for _, store := range []Store{l.Store, s.Primary} {
		name = filepath.Join(store.LayersDir(), l.ID+".tar-split.gz")
		if _, err = os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return name, err
}

// LinksDir returns the directory of the symlinks by which [LowerFile] refers to layers.
func (s Store) LinksDir() string { return filepath.Join(s.Home, linkDir) }

// Dir returns the layer's directory.
func (l Layer) Dir() string { return filepath.Join(l.Store.Home, l.ID) }

// Diff returns the directory of the layer's files, or of its objects if it is composefs.
func (l Layer) Diff() string { return filepath.Join(l.Dir(), diffDir) }

// DataDir returns the directory of the images of a composefs layer.
func (l Layer) DataDir() string { return filepath.Join(l.Dir(), dataDir) }

// ImagePath returns the file of the layer image. The name is that of stock containers/storage.
func (l Layer) ImagePath() string { return filepath.Join(l.DataDir(), imageFile) }

// MergedPath returns the link to the merged image of the whole chain that ends with the layer.
func (l Layer) MergedPath() string { return filepath.Join(l.DataDir(), mergedFile) }

// SegmentPath returns the link to the merged image of the composefs layers from this one down to a
// plain layer.
func (l Layer) SegmentPath() string { return filepath.Join(l.DataDir(), segmentFile) }

// ImageLinks returns the files of a layer that may be links to merged images.
func (l Layer) ImageLinks() []string { return []string{l.MergedPath(), l.SegmentPath()} }

// MetacopyMark returns the file that marks a layer as one that was mounted read-write with
// metacopy=on and may contain metacopy files.
func (l Layer) MetacopyMark() string { return filepath.Join(l.Dir(), metacopy) }

// SeparateFile returns the file that lists the layers below a container whose images its mounts show
// one by one, each with the fs-verity digest of its image.
func (l Layer) SeparateFile() string { return filepath.Join(l.Dir(), separate) }

// IdmapFile returns the file of an idmapped layer with the maps of its user namespace.
func (l Layer) IdmapFile() string { return filepath.Join(l.Dir(), idmapFile) }

// StockImages returns the directory that the stock driver leaves after it has mounted composefs
// images for the layer.
func (l Layer) StockImages() string { return filepath.Join(l.Dir(), stockImages) }

// Work returns the working directory of overlayfs for the layer.
func (l Layer) Work() string { return filepath.Join(l.Dir(), workDir) }

// VolatileMark returns the directory that overlayfs leaves in Work after a volatile mount.
func (l Layer) VolatileMark() string { return filepath.Join(l.Work(), "work/incompat/volatile") }

// MountPoint returns the mount point of the layer. home is the directory of layers that has it: the
// one of the layer's store, or [Home] of the run root.
func (l Layer) MountPoint(home string) string { return filepath.Join(home, l.ID, mountPoint) }

// MountedAt returns the ID of the layer and the directory of layers whose mount point is path; ok is
// false if path does not have the form of a mount point.
func MountedAt(path string) (id, home string, ok bool) {
	dir, name := filepath.Split(path)
	home, id = filepath.Split(filepath.Clean(dir))
	return id, filepath.Clean(home), name == mountPoint
}

// LinkFile returns the file that contains the layer's short name.
func (l Layer) LinkFile() string { return filepath.Join(l.Dir(), linkFile) }

// ShortName returns the name by which [LowerFile] refers to a layer with a short name.
func ShortName(short string) string { return linkDir + "/" + short }

// IsContent reports whether an entry of a layer's directory has the content of the layer, or is a
// mount point that the driver has replaced.
func IsContent(name string) bool {
	return name == diffDir || name == dataDir || name == idmapFile || strings.HasPrefix(name, mountPoint+".")
}

// Unknown returns the entries of the layer's directory that neither this driver nor containers/storage
// up to 1.65 makes, with those beside the layer image. A newer version may have made them.
func (l Layer) Unknown() (names []string, err error) {
	for _, dir := range []struct {
		path   string
		prefix string // of the returned names
		known  []string
	}{
		{l.Dir(), "", []string{
			diffDir, dataDir, idmapFile, linkFile, metacopy, mountPoint, separate, stockImages, workDir, LowerFile, LowerLayersFile,
			"additionallayer", "empty", "mapped",
		}},
		{l.DataDir(), dataDir + "/", []string{imageFile, mergedFile, segmentFile}},
	} {
		entries, err := os.ReadDir(dir.path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if name := e.Name(); !slices.Contains(dir.known, name) && !isVariant(name) {
				names = append(names, dir.prefix+name)
			}
		}
	}
	return names, nil
}

// isVariant reports whether an entry of a layer's directory is a temporary file of this driver, a mount
// point that the stock driver replaces, or a further directory of files.
func isVariant(name string) bool {
	number, ok := strings.CutPrefix(name, diffDir)
	_, err := strconv.Atoi(number)
	return ok && err == nil || strings.HasPrefix(name, ".tmp-") || strings.HasPrefix(name, mountPoint+".")
}

// DiffOf returns the object directory of the layer that has a layer image at path; ok is false if
// path does not have the form of [Layer.ImagePath].
func DiffOf(path string) (diff string, ok bool) {
	dir, name := filepath.Split(path)
	dir = filepath.Clean(dir)
	return filepath.Join(dir, "..", diffDir), name == imageFile && filepath.Base(dir) == dataDir
}

// RunRoot is the directory of containers/storage that a reboot empties.
type RunRoot string

func (r RunRoot) own(name string) string {
	return filepath.Join(string(r), "overlay-composefs", name)
}

// SharedMounts returns the directory of the shared mounts of images.
func (r RunRoot) SharedMounts() string { return r.own("images") }

// Features returns the directory of the answers that package feature keeps.
func (r RunRoot) Features() string { return r.own("features") }

// Digests returns the directory of the digests that package trust derives.
func (r RunRoot) Digests() string { return r.own("canonical") }

// Mounts returns the file in which containers/storage counts the mounts of layers.
func (r RunRoot) Mounts() string {
	return filepath.Join(string(r), "overlay-layers", "mountpoints.json")
}

// Containers returns the file in which containers/storage records containers that end with a reboot.
func (r RunRoot) Containers() string {
	return filepath.Join(string(r), "overlay-containers", "volatile-containers.json")
}
