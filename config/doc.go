// Package config makes typed options of storage.conf and composefs.conf: text in,
// validated [Options] out.
//
// [Parse] is a function of [Sources], which are texts; [Find] collects these from
// where containers/storage looks for them, through functions passed in; [Load] does
// both. The package is pure, so nothing in its tests depends on the machine.
//
// storage.conf is upstream's, and is read as containers/storage v1.59.1 reads it,
// also where that surprises:
//   - use_composefs counts only in [storage.options.overlay], and only if the driver
//     is named. In [storage.options] it is allowed and without effect.
//   - STORAGE_OPTS and --storage-opt replace all driver options of the file, the
//     additional image stores too. They do not touch pull_options.
//   - pull_options are true if they say "true" in any case, and false otherwise,
//     "1" too. use_composefs takes what strconv.ParseBool takes, and nothing else.
//   - Without any file, root's STORAGE_DRIVER and STORAGE_OPTS are not read.
//
// It differs from upstream where that is random or goes on with nothing: keys that
// differ only in case are an error, and so is a file that exists and cannot be read
// or parsed. Of keys that are not listed in [Options], the type is checked: upstream does not start
// with a wrong one.
//
// composefs.conf is the project's own file; see [Verity], [Expected]
// and [Digests].
package config
