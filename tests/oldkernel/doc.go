// Package oldkernel runs programs on this kernel as if it were an older one. A filter of
// system calls (seccomp) asks the test, which refuses calls that the older kernel lacks
// with the error of that kernel. The programs are unchanged, and their children have the
// filter too.
//
//	Release ──New──► Kernel ──Command──► podman, with a filter of tests/seccomp
//
// Calls that are not refused go to this kernel, so an old kernel is never more
// than this one. tests/vm runs the real one of Debian 13, 6.12.
package oldkernel
