// Package mountinfo reads the mount tables of the kernel, /proc/PID/mountinfo of
// proc_pid_mountinfo(5), and undoes all that the kernel and overlayfs escape in them.
//
// github.com/moby/sys/mountinfo is no substitute: it returns the options of file systems as
// the kernel escapes them, and fails at a line of more than 64 KiB, which an overlay of 500
// layers exceeds.
package mountinfo
