// Package config reads storage.conf and composefs.conf into typed, validated [Options].
//
// [Parse] is a function of [Sources], which are texts; [Find] collects these from the places of
// containers/storage, through functions passed in; [Load] does both. The package is pure, so its
// tests do not depend on the machine.
//
// storage.conf is read as containers/storage v1.59.1 reads it, including its surprises:
//   - use_composefs counts only in [storage.options.overlay], and only if the driver
//     is named. In [storage.options] it is allowed and has no effect.
//   - STORAGE_OPTS and --storage-opt replace all driver options of the file, the
//     additional image stores too. They do not touch pull_options.
//   - pull_options are true if they are "true" in any case, and false otherwise, even for "1".
//     use_composefs accepts the values of strconv.ParseBool only.
//   - Without any file, root's STORAGE_DRIVER and STORAGE_OPTS are not read.
//
// It differs where upstream behaves randomly or ignores a file: keys that differ only in case are
// an error, and so is an existing file that cannot be read or parsed. It also checks the types of
// keys that are not in [Options], because upstream does not start with a wrong type.
//
// composefs.conf is the project's own file; see [Verity], [Expected] and [Digests].
package config
