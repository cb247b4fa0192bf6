//go:build linux

package e2e_test

// Reasons why a test needs root.
const (
	faultyDisk     = "it mounts disks that fail"
	olderKernel    = "it emulates kernels before 6.16, where layers of users stay plain"
	stockReads     = "stock podman reads composefs layers as root only"
	byHand         = "it mounts by hand, or by a program that enters no namespace of podman"
	changesMounted = "it changes files in a mount as the machine's root, whom the user's mounts do not know"
	metacopy       = "it needs metacopy=on or redirect_dir=on, which the kernel refuses to users"
	library        = "the program that it runs makes no user namespace"
	rootFiles      = "it gives the store files of the machine's root"
	hostIDs        = "it compares owners with those of the machine"
	plainToo       = "it fails with plain podman of a user, too"
	noLinks        = "users get no links to files outside of their store"
	otherIDs       = "it maps IDs that the user does not have"
	rootMessages   = "it compares messages, and podman unshare has others"
	onOverlay      = "no podman without root starts there, not even to tidy up"
)

// rootOnly are the tests of this package that cannot run as a user, with the reasons: "make test-rootless" runs
// all others so.
var rootOnly = map[string]string{
	"TestAdditionalStore/ours,_bound_false,_for_[ours_ours,_off_plain_stock_composefs]/by/2_plain": stockReads,
	"TestAdditionalStoreDamaged":           rootMessages,
	"TestBoundImages":                      "bootc runs podman as root",
	"TestBoundImagesShare":                 "bootc runs podman as root",
	"TestBrokenDisk":                       faultyDisk,
	"TestBuildSteps":                       "without root, each step of a build is merged",
	"TestBuildah":                          "buildah mounts in a session of buildah unshare only",
	"TestC1StockMaintenance":               stockReads,
	"TestC4LayersCanBeMountedByHand":       byHand,
	"TestCheckpoint":                       "podman makes and restores no checkpoints without root",
	"TestChunkedWhole":                     stockReads,
	"TestCommitInNamespace":                otherIDs,
	"TestContainersStorage":                byHand,
	"TestConvertBesideOldPodman":           "it replaces podman, which the commands of a user start",
	"TestConvertKilled":                    stockReads,
	"TestConvertPlainContainerNoRoom":      metacopy,
	"TestConvertPlainContainers":           metacopy,
	"TestConvertPlainMapped":               otherIDs,
	"TestConvertPlainPullAfter":            "layers of users on plain ones are plain",
	"TestConvertPlainRefused":              "it reads trusted xattrs as the machine's root, which mounts of users list and cannot read",
	"TestGC":                               rootFiles,
	"TestGCBusy":                           rootFiles,
	"TestHardLinkInContainer":              plainToo,
	"TestImageOfMount":                     byHand,
	"TestM5UserNamespaceWithoutWarnings":   otherIDs,
	"TestMappedLayers":                     otherIDs,
	"TestNestedOverlay":                    plainToo,
	"TestObjectRepos":                      noLinks,
	"TestOddGraphroot":                     byHand,
	"TestOldKernels":                       olderKernel,
	"TestOnOverlay":                        onOverlay,
	"TestOneDevice":                        changesMounted,
	"TestOwnersInNamespaces":               otherIDs,
	"TestP11NoPrograms":                    "it empties PATH, and setpriv and unshare are found there",
	"TestPayloadsPulled":                   stockReads,
	"TestPlainTrees":                       "a part of it runs as a user anyway",
	"TestProgramsOnOneDevice":              changesMounted,
	"TestPullEvents":                       library,
	"TestPullEventsDripping":               library,
	"TestPullEventsPartly":                 library,
	"TestPullEventsSlowly":                 library,
	"TestPullEventsTroubled":               library,
	"TestPullInNamespace":                  otherIDs,
	"TestPullRandomImages":                 "its images have owners that the user has no IDs for, which podman refuses",
	"TestSHA512Import":                     noLinks,
	"TestScript":                           byHand,
	"TestStatus/overlayfs":                 onOverlay,
	"TestStatusWrongValues":                rootMessages,
	"TestStockCommits":                     stockReads,
	"TestStockPartialPull":                 "without root, plain podman leaves out devices",
	"TestStockUsesOurs":                    stockReads,
	"TestTooOldKernelWithImages":           olderKernel,
	"TestTooOldKernels":                    olderKernel,
	"TestToolsWithoutDriver":               stockReads,
	"TestUnwritableStore":                  rootMessages,
	"TestUserNamespaces":                   otherIDs,
	"TestW2CommittedFilesKeepContents":     stockReads,
	"TestW4RootHasItsMode":                 hostIDs,
	"TestW5ImpliedDirectoriesKeepMetadata": hostIDs,
	"TestXino":                             changesMounted,
}
