package objects

// step is a step of a batch that may fail. Tests inject a failure before it, or after it for
// [stepClose]. See SetFault in export_test.go.
type step string

const (
	stepMkdir    step = "mkdir"    // make a directory ab in the layer
	stepLink     step = "link"     // link the pool's object into the layer
	stepCreate   step = "create"   // create a file in the layer, or an image
	stepWrite    step = "write"    // write to the file
	stepTruncate step = "truncate" // extend the file to its length, if it ends in a hole
	stepClose    step = "close"    // close the file
	stepFsync    step = "fsync"    // sync a copy, an image or a directory
	stepRename   step = "rename"   // rename a temporary file
	stepAdopt    step = "adopt"    // link a file of the layer as an object
	stepName     step = "name"     // give an object of the layer a second name
	stepSync     step = "syncfs"   // make the layer durable
	stepSeal     step = "seal"     // seal an object or an image
	stepShard    step = "shard"    // make a directory ab in the pool
	stepPublish  step = "publish"  // link an object of the layer into the pool
	stepStage    step = "stage"    // make a directory in the staging area
	stepPlace    step = "place"    // rename that directory to its place
	stepImages   step = "images"   // make the directory of images
	stepImage    step = "image"    // link an image of the pool
)

// steps are all of them.
var steps = []step{
	stepMkdir, stepLink, stepCreate, stepWrite, stepTruncate, stepClose, stepFsync, stepRename,
	stepAdopt, stepName, stepSync, stepSeal, stepShard, stepPublish, stepStage, stepPlace, stepImages, stepImage,
}

// try returns the failure that a test injects before a step, or nil.
func (p *Pool) try(s step) error {
	if p.fault == nil {
		return nil
	}
	return p.fault(string(s))
}
