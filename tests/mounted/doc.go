// Package mounted mounts images for the duration of a test, reads what a mounted
// directory shows through system calls into a tree, and compares such trees.
//
// It shares no code with the readers and writers of images, only the tree type,
// whose Diff has a negative test for each thing it looks at.
package mounted
