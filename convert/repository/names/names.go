// Package names has the names of files in a composefs repository, for programs that only mount images.
package names

import "path/filepath"

// Objects returns the object directory of the repository in dir.
func Objects(dir string) string { return filepath.Join(dir, "objects") }

// ImageFile returns the file of an image in the repository in dir, by its fs-verity digest in hexadecimal digits.
func ImageFile(dir, digest string) string { return filepath.Join(dir, "images", digest) }
