// Package driver is the overlay driver of containers/storage with composefs.
//
// It embeds the stock driver and replaces the methods that concern composefs layers:
//
//	pull          ApplyDiffWithDiffer  pull.go        download ─► objects and layer image, staged
//	              ApplyDiffFromStagingDirectory       staged layer ─► its place in the store
//	load, build   ApplyDiff            apply.go       tar ─► objects and layer image
//	run, mount    Get, Put             mount.go       chain ─► merged image ─► mount plan ─► mount
//	commit, diff  Diff, Changes        diff.go        upper directory against the layers below
//	--uidmap      UpdateLayerIDMap     idmap.go       new owners, where mounts cannot show them
//	push, save    DiffGetter           diffgetter.go  the content of one file, for tar-split
//	rmi, rm       DeferredRemove       remove.go      layer removed, then its objects and images
//	info          Status               status.go
//
// A chain without composefs layers goes to the stock driver in all of these methods, so that
// without the switches the driver behaves like stock. The switches use_composefs and
// convert_images only decide about new layers. The files of an existing layer decide how the
// driver treats it, because the process that cleans up a container does not know the switches.
//
// All state that outlives a call is on disk: podman makes a new driver in each process, and a
// long-running process makes another one whenever the store was changed by others. The exceptions
// are the layers that this process has staged (pull/staging).
//
// Where to look further:
//
//	pull      converts a download: blob reads it, staging holds the layer until it has a place
//	upper     reads the changes of a container
//	trust     decides whether an image is the right one to mount: fs-verity, expected digests
//	store     the files of a store: chain finds layers, pool opens the pool, images merges
//	          chains, catalog reads the records of containers/storage, survey measures
//	kernel    mount performs mounts, shared lets containers share the mount of an image,
//	          feature tries the abilities of the kernel, mountinfo reads mount tables
//	inplace   converts layers of a store in place, both ways
//	upkeep    check, repair and garbage collection, for the command composefs-storage only
//	settings  the configuration of this machine
//
// Package convert turns tars into layer images: whiteouts, for one, are read in convert/layer and
// applied by convert.Merge.
package driver
