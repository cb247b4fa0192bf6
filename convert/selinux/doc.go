// Package selinux finds the SELinux labels of files by the policy in a container image, as
// composefs-rs does for the images of bootable hosts (selabel.rs of its crate composefs-boot).
//
// It reads the files of selabel_file(5) below /etc/selinux/TYPE/contexts/files. Its rules differ
// from those of libselinux, and image digests depend on them:
//
//   - Of all specifications that match, the last one counts, in the order file_contexts,
//     file_contexts.local, file_contexts.homedirs. libselinux prefers those without special
//     characters.
//   - A substitution replaces a path that equals it, and a tree is walked by the replaced path.
//     libselinux replaces prefixes.
package selinux
