// Package gofuse has another FUSE server of images, by the library go-fuse, for a test that compares the mounts of both
// servers. It is a module of its own, so that go-fuse is in no program and not in vendor/.
package gofuse
