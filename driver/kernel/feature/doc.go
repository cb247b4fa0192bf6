// Package feature probes the abilities of the running kernel.
//
// A [Feature] has a name, the first Linux release with it, and a probe that tries it with files in
// a directory, because many features depend on the file system too. Check returns nil, an error
// that wraps [ErrNotSupported] and contains the reason, or another error if the probe could not
// decide. A process keeps each answer per file system. [SetCacheDir] makes it keep answers for
// other processes: three probes take 10 to 80 ms on a slow machine, reading their answers 0.2 ms.
//
// The release is for messages and for tests, which are skipped on older kernels only. Decisions do
// not depend on it, because distributions backport features; the exception is [LazyVerity], which
// looks for a bug only in releases that may have it. Probes never attach mounts, so a crash leaves
// only a directory composefs-probe-*.
//
// A new feature is a value in probes.go and a line in [All]. [HoldsXattrs] is not a Feature: it
// depends on its arguments and keeps no answer.
package feature
