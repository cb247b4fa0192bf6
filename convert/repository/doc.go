//go:build linux

// Package repository writes composefs repositories in the layout of composefs-rs, version 1
// (repository.rs, repository_format.rs). bootc and cfsctl read such a repository.
//
//	meta.json                    version, algorithm and features
//	objects/ab/cdef…             contents, images and split streams, by fs-verity digest
//	images/HEX                   symlinks to the images among the objects
//	images/refs/NAME             symlinks to those, which keep them
//	streams/NAME                 symlinks to the split streams among the objects
//	streams/refs/NAME            symlinks to those, which keep them
//
// The garbage collection of composefs-rs takes the directory's lock exclusively, and keeps what the
// refs name, directly or through streams.
//
// Files that are not hard links of others are first written to a directory of their own.
// [Repository.Commit] moves them to their names when they are durable, so every named object is
// complete, at each instant.
package repository
