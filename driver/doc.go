// Package driver is the overlay driver of containers/storage with composefs.
//
// It embeds the stock driver and does itself what concerns composefs layers:
//
//	pull          ApplyDiffWithDiffer  differ.go  download ─► objects and layer image, staged
//	load, build   ApplyDiff            apply.go   tar ─► objects and layer image
//	run, mount    Get, Put             get.go     chain ─► images ─► mount plan ─► mount
//	commit, diff  Diff, Changes        diff.go    upper directory against the images
//	--uidmap      UpdateLayerIDMap     owners.go  owners changed, where mounts cannot show them
//	push, save    DiffGetter           getter.go  a file's content for tar-split
//	rmi, rm       DeferredRemove       remove.go  layer gone, then its objects and images
//	info          Status               status.go
//
// A chain without a composefs layer is the stock driver's business in all of this,
// so that without the switches the behaviour is stock's. The switches, use_composefs
// and convert_images, say what becomes of new layers only: what is on disk says how a
// layer is handled, since a container's clean-up runs in a process that does not know
// the switches.
//
// Everything that must outlive a call is on disk: podman makes a new driver in each
// process, and a long-running one makes another whenever somebody else has used the
// store.
//
// The rooms: chain finds layers, pool opens the pool of a store, images makes and finds
// the images of chains, blob reads layers while they are downloaded, shared lets
// containers share the mount of an image, mount performs mounts, feature knows what the
// kernel can do, settings what is configured. catalog and survey are for commands that
// look at a store.
package driver
