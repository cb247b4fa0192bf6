// Package seccomp lets a test answer the system calls of programs that it starts. A filter of
// system calls, which their children inherit, has the kernel ask the test. It either returns an
// error to the program or lets the kernel go on. The programs need no hooks.
//
//	Server ──Command──► the test's own program ──Enter──► the program
package seccomp
