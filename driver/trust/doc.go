// Package trust decides whether an image is the right one to mount.
//
// Two settings of composefs.conf control it:
//
//   - verity makes the kernel verify contents: [Guard.Image] and [Guard.RefusePlain].
//   - digests_dir has policy files with the expected digests of images (package policy). With
//     verity = "require" the annotations of images count too. [Guard.Expected] finds the expected
//     digests, and [Guard.Pin] compares them with the image.
//
// A mounted file is the file that was checked: [Guard.Pin] passes its descriptor to the mount, and
// package mount measures the descriptor that it mounts.
package trust
