// Package driver is the overlay driver of containers/storage with composefs.
//
// It embeds the stock driver and replaces the methods that concern composefs layers:
//
//	pull          ApplyDiffWithDiffer  pull.go        download ─► objects and layer image, staged
//	              ApplyDiffFromStagingDirectory       staged layer ─► its place in the store
//	load, build   ApplyDiff            apply.go       tar ─► staged layer ─► its place in the store
//	              StartStagingDiffToApply, CommitStagedLayer   staged.go   the same, without the lock
//	run, mount    Get, Put             mount.go       chain ─► merged image ─► mount plan ─► mount
//	                                   separate.go    steps of a build without a merged image
//	                                   plainbelow.go  without root, a layer above a plain one becomes plain
//	commit, diff  Diff, Changes        diff.go        upper directory against the layers below
//	--uidmap      UpdateLayerIDMap     idmap.go       new owners, where mounts cannot show them
//	push, save    DiffGetter           diffgetter.go  the content of one file, for tar-split
//	rmi, rm       DeferredRemove       remove.go      layer removed, then its objects and images
//	bootc         LayerFiles           layerfiles.go  the objects of a layer, by the names of its files
//	info          Status               status.go
//	exit          Cleanup              status.go      new chains merged, garbage collected
//
// upstream.go contains all that depends on the version of containers/storage. The driver is
// compiled with several: see hack/upstreams.
//
// # Which layers it handles
//
// The files of a layer decide how the driver treats it. A chain without composefs layers goes to
// the stock driver in all of these methods. The switches use_composefs and convert_images decide
// about new layers only, because the process that cleans up a
// container does not get the flags of the one that started it.
//
// The stock driver still creates and removes the directories of composefs layers. A kernel that
// cannot mount composefs gets plain layers; Get refuses existing composefs layers there, because
// the stock driver would show their object directories as files. Methods that need no mount, such
// as DiffGetter and DeferredRemove, work on any kernel.
//
// A chain may contain both kinds of layers. Consecutive composefs layers become one image, a
// segment; every plain layer stays a layer of the mount. In a step of a build, the images of new
// layers are layers of their own: see docs/decisions/048-steps-of-a-build.md.
//
// # Locks
//
// containers/storage holds layers.lock around all methods but ApplyDiffWithDiffer,
// StartStagingDiffToApply, Init, Status and the function that DeferredRemove returns; as a reader
// for the layers of additional stores. It also holds storage.lock around Init, Get, Diff, Changes
// and Cleanup. The methods take two locks themselves, never both at once:
//
//   - the lock of a pool: shared while they add files; exclusive for a collection, which does not
//     wait for it
//   - the lock of the shared mounts
//
// The documentation of each method names them. docs/architecture.md has the order of all locks.
//
// # State
//
// All state that outlives a call is on disk, because podman makes a new driver in each process. A
// long-running process makes another driver after each Cleanup by another process. A few facts
// belong to the process and not to a driver. These variables hold them:
//
//	process, Converting          options that got a warning; the number of running conversions
//	pull/staging.process         staged layers: a signal ends the process with all of them, and a
//	                             new driver may place a layer that an old one has staged
//	pull/blob.decompressing      all layers share the processors, whichever driver pulls them
//	kernel/feature.*             each Feature remembers its answers; the kernel is the same for all
//	kernel/feature.cacheDir      the directory that keeps answers for other processes
//	kernel/mount.abilities       the ways of mounting that the kernel supports
//	convert/objects.siblings     staged layers link objects from one another
//	convert/layer.shared         the chunks of all conversions, so that memory has one limit
//
// Caches of buffers (sync.Pool) are not listed: they have no effect but speed.
//
// # Where to look further
//
//	pull      converts a download: blob reads it, staging holds the layer until it has a place
//	upper     reads the changes of a container
//	contents  opens files of layers by their names in the tars
//	trust     decides whether an image is the right one to mount: fs-verity, expected digests
//	store     the files of a store: chain finds layers, pool opens the pool, images merges
//	          chains, catalog reads the records of containers/storage, survey measures
//	kernel    mount performs mounts, shared lets containers share the mount of an image,
//	          feature probes the abilities of the kernel, mountinfo reads mount tables
//	inplace   converts layers of a store in place, both ways
//	upkeep    check, repair and garbage collection, for the command composefs-storage only
//	settings  the configuration of this machine
//	message   errors with the paths that users know, and the commands that help
//	warn      warnings about new layers
//	idmap     owners of files in user namespaces
//
// Package convert turns tars into layer images: for example, convert/layer reads whiteouts and
// convert.Merge applies them.
package driver
