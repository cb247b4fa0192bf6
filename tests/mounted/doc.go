// Package mounted mounts images for the duration of a test, reads a mounted
// directory through system calls into a tree, and compares such trees.
//
// It shares no code with the readers and writers of images, only the tree type,
// whose Diff has a negative test for each thing it looks at.
package mounted
