// Package contents opens the contents of a layer's files by their names in its tar.
//
// It opens the files that a mount reads, the objects in the pool, so that programs which check a
// layer by its tar find the damage that containers see. An object that the pool lost gets its name
// back from the link of the layer.
package contents
