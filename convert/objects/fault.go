package objects

// step is something that may fail while a batch adds: before it, and for
// [stepClose] after it, tests may make it fail. See SetFault in export_test.go.
type step string

const (
	stepMkdir    step = "mkdir"    // a directory ab in the layer
	stepLink     step = "link"     // the pool's object into the layer
	stepCreate   step = "create"   // a file in the layer
	stepWrite    step = "write"    // to it
	stepTruncate step = "truncate" // it to its length, if it ends in a hole
	stepClose    step = "close"    // it
	stepFsync    step = "fsync"    // it, if it is a copy
	stepRename   step = "rename"   // a temporary name to that of an object
	stepAdopt    step = "adopt"    // a file of the layer as an object
	stepName     step = "name"     // an object of the layer otherwise
	stepSync     step = "syncfs"   // the layer
	stepSeal     step = "seal"     // an object or an image
	stepShard    step = "shard"    // a directory ab in the pool
	stepPublish  step = "publish"  // an object of the layer in the pool
	stepStage    step = "stage"    // a layer without a place
	stepPlace    step = "place"    // it
	stepImages   step = "images"   // the directory of images; the images in it have the steps of files
	stepImage    step = "image"    // the pool's image as a file of the layer
)

// steps are all of them.
var steps = []step{
	stepMkdir, stepLink, stepCreate, stepWrite, stepTruncate, stepClose, stepFsync, stepRename,
	stepAdopt, stepName, stepSync, stepSeal, stepShard, stepPublish, stepStage, stepPlace, stepImages, stepImage,
}

// try asks for a fault.
func (p *Pool) try(s step) error {
	if p.fault == nil {
		return nil
	}
	return p.fault(string(s))
}
