package config

// Options is the configuration of the driver and the command. Without any configuration it is the
// zero value, except for GraphRoot and RunRoot.
type Options struct {
	// Driver is [storage] driver, or STORAGE_DRIVER; "overlay2" is "overlay". Empty
	// means that containers/storage chooses one.
	Driver string
	// GraphRoot, RunRoot and ImageStore are the keys of [storage]. Parse does not change the
	// first two; Load resolves them.
	GraphRoot, RunRoot, ImageStore string
	// AdditionalImageStores are the read-only stores of the overlay driver, as clean
	// absolute paths: [storage.options] additionalimagestores, or imagestore and
	// additionalimagestore in driver options. With another driver the list is empty.
	AdditionalImageStores []string
	// UseComposefs is use_composefs of the overlay driver. With another driver it
	// is Unset.
	UseComposefs Switch
	// Incompatible are the given options of the overlay driver that exclude composefs, such as
	// mount_program. With another driver the list is empty.
	Incompatible []string
	// MustExist are the mount_program and the additional layer stores of the overlay driver,
	// which does not start without them.
	MustExist []string
	// Quota: size or inodes limits containers. The overlay driver needs XFS for that.
	Quota bool
	Pull  PullOptions
	// Verity, Expected, Decompress and Rootless come from composefs.conf, and Digests may.
	Verity     Verity
	Expected   Expected
	Decompress Decompress
	Rootless   Rootless
	Digests    Digests
	// Algorithm is that of the digests by which a new store names its objects: sha256, sha512, or ""
	// for sha256 and no objection to another one.
	Algorithm string

	// ObjectRepos are the directories of composefs repositories and stores from which new layers
	// take objects, as clean absolute paths: object_repos in composefs.conf.
	ObjectRepos []string
}

// PullOptions is the table [storage.options.pull_options]. The inline table pull_options in
// [storage.options] is the same.
type PullOptions struct {
	EnablePartialImages                     bool
	ConvertImages                           Switch
	UseHardLinks                            bool
	InsecureAllowUnpredictableImageContents bool
	// OSTreeRepos are the directories in ostree_repos, a colon-separated list, without empty
	// names.
	OSTreeRepos []string
}
