// Package garbage collects objects and images that no layer has from the pools of a store. The
// driver collects after each removal. This package finds the rest: files of layers that other tools
// have removed, and leftovers of killed processes.
package garbage
