//go:build linux

package e2e_test

// Reasons why a test needs root.
const (
	faultyDisk     = "it mounts disks that fail"
	olderKernel    = "it emulates kernels before 6.16, where layers of users stay plain"
	stockReads     = "stock podman reads composefs layers as root only"
	byHand         = "it mounts by hand, or by a program that enters no namespace of podman"
	changesMounted = "it changes files in a mount as the machine's root, whom the user's mounts do not know"
	metacopy       = "it needs metacopy=on, which the kernel refuses to users"
	library        = "the program that it runs makes no user namespace"
	otherIDs       = "it maps IDs that the user does not have"
	rootMessages   = "it compares messages, and podman unshare has others"
)

// rootOnly are the tests of this package that cannot run as a user, with the reasons: "make test-rootless" runs
// all others so.
var rootOnly = map[string]string{
	"TestAdditionalStoreDamaged": rootMessages,
	"TestBrokenDisk":             faultyDisk,
	"TestChunkedWhole":           stockReads,
	"TestContainersStorage":      byHand,
	"TestConvertPlainContainers": metacopy,
	"TestHardLinkInContainer":    "without root the two names have two inode numbers, with plain podman too",
	"TestMappedLayers":           otherIDs,
	"TestOddGraphroot":           byHand,
	"TestOldKernels":             olderKernel,
	"TestOneDevice":              changesMounted,
	"TestPlainTrees":             "a part of it runs as a user anyway",
	"TestPullEventsDripping":     library,
	"TestScript":                 byHand,
	"TestStatus/overlayfs":       "no podman without root starts there, not even to tidy up",
	"TestStatusWrongValues":      rootMessages,
	"TestStockCommits":           stockReads,
	"TestStockPartialPull":       "without root, plain podman leaves out devices",
	"TestStockUsesOurs":          stockReads,
	"TestToolsWithoutDriver":     stockReads,
	"TestTooOldKernelWithImages": olderKernel,
	"TestTooOldKernels":          olderKernel,
	"TestUnwritableStore":        rootMessages,
	"TestUserNamespaces":         otherIDs,
	"TestXino":                   changesMounted,
}
