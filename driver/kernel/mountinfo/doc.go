// Package mountinfo reads the mount tables of the kernel, /proc/PID/mountinfo of
// proc_pid_mountinfo(5), and undoes the escapes of the kernel and of overlayfs.
//
// github.com/moby/sys/mountinfo does not fit: it leaves the escapes in the options of file systems,
// and fails at a line of more than 64 KiB, which an overlay of 500 layers exceeds.
package mountinfo
