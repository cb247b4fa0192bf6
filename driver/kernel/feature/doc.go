// Package feature says what the running kernel can do, by doing it.
//
// A [Feature] has a name, the first Linux release with it, and a function that tries
// it out on files that it makes in a directory, since much depends on the file system
// too. Check has three outcomes: nil, an error that is [ErrNotSupported] and says in
// words why, or another error if the question could not be decided. What is decided is
// remembered in the process, for each file system; Remember has it kept for other
// processes too.
//
// The release is for messages and for tests, which may be skipped on older kernels
// only; no decision is made by it, as distributions backport, but that LazyVerity looks for
// a bug only where it may be. Mounts are never
// attached, so that nothing has to be unmounted and a crash leaves no more than a
// directory named composefs-probe-*.
//
// A new feature is a value in probes_linux.go and a line in All. HoldsXattrs is none: it
// tries what it is given, and nothing is remembered.
package feature
