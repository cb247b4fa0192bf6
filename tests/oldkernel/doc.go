// Package oldkernel has programs run on this kernel as if it were an older one: what that
// one did not have yet is refused when they ask for it, with the error of that time, by
// a filter of system calls (seccomp) which asks the test what to answer. It holds for all
// that the programs start, and nothing of the programs is changed for it.
//
//	Release ──New──► Kernel ──Command──► podman, with a filter of tests/seccomp
//
// Calls that are not refused go to this kernel, so an old kernel is never more
// than this one. The real one of Debian 13, 6.12, is tried in tests/vm.
package oldkernel
