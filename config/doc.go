// Package config reads storage.conf and composefs.conf into typed, validated [Options].
//
// [Parse] is a function of [Sources], which are texts; [Find] collects these from the places of
// containers/storage, through functions passed in; [Load] does both. The package is pure, so its
// tests do not depend on the machine. [Origins] returns the file and line of each value.
//
// storage.conf is read as containers/storage reads it, by the [Rules] of its release, including its
// surprises:
//   - use_composefs counts only in [storage.options.overlay], and up to 1.62 only if the driver
//     is named. In [storage.options] it is allowed and has no effect.
//   - STORAGE_OPTS and --storage-opt replace all driver options of the file, the
//     additional image stores too. They do not touch pull_options.
//   - pull_options are true if they are "true" in any case, and false otherwise, even for "1".
//     use_composefs accepts the values of strconv.ParseBool only.
//   - Up to 1.62, root's STORAGE_DRIVER and STORAGE_OPTS are not read without any file.
//   - Since 1.63, {append=true} in a list also holds for later files, until {append=false}.
//
// It differs where upstream behaves randomly or ignores a file: keys that differ only in case are
// an error, and so is an existing file that cannot be read or parsed. It also checks the types of
// keys that are not in [Options], because upstream does not start with a wrong type.
//
// composefs.conf is the project's own file; see [Verity], [Expected] and [Digests]. It has
// drop-ins with every release of containers/storage.
package config
