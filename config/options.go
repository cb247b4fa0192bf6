package config

// Options are what the driver and the command need to know. The zero value is what
// no configuration at all gives, but for GraphRoot and RunRoot.
type Options struct {
	// Driver is [storage] driver, or STORAGE_DRIVER; "overlay2" is "overlay". Empty
	// means that containers/storage chooses one.
	Driver string
	// GraphRoot, RunRoot and ImageStore are the keys of [storage]. Parse leaves the
	// first two as they are written; see Load for what it makes of them.
	GraphRoot, RunRoot, ImageStore string
	// AdditionalImageStores are the read-only stores of the overlay driver, as clean
	// absolute paths: [storage.options] additionalimagestores, or imagestore and
	// additionalimagestore in driver options. With another driver there are none here.
	AdditionalImageStores []string
	// UseComposefs is use_composefs of the overlay driver. With another driver it
	// is Unset.
	UseComposefs Switch
	// Hindrances are the options of the overlay driver with which composefs does not
	// work, such as mount_program, if they are set. With another driver there are none.
	Hindrances []string
	// MustExist are the mount_program and the additional layer stores of the overlay driver,
	// which does not start without them.
	MustExist []string
	// Quota: size or inodes limits containers, for which the overlay driver needs XFS.
	Quota bool
	Pull  PullOptions
	// Verity and Expected are from composefs.conf, and Digests may be.
	Verity   Verity
	Expected Expected
	Digests  Digests
}

// PullOptions is the table [storage.options.pull_options], which the inline table
// pull_options in [storage.options] is another spelling of.
type PullOptions struct {
	EnablePartialImages                     bool
	ConvertImages                           Switch
	UseHardLinks                            bool
	InsecureAllowUnpredictableImageContents bool
	// OSTreeRepos are the directories in ostree_repos, which is a list with colons.
	// Empty names are left out.
	OSTreeRepos []string
}
