// Package trust decides whether an image is the right one to mount.
//
// Two settings of composefs.conf ask for that. verity asks that the kernel verifies what it
// reads: [Guard.Image] and [Guard.RefusePlain]. The expected digests of images are in policy
// files, which package policy reads, and with verity = "require" also in the annotations of
// images: [Guard.Expected] finds them, [Guard.Pin] compares them.
package trust
