// Package origin reads the layers of container images where they came from: registries,
// directories, archives, and layer tars.
//
// What it yields is trusted by nobody: whoever reads compares digests.
package origin
