// Package seccomp has the system calls of programs answered by the test that has started
// them: a filter of system calls, which all that the programs start inherit, makes the
// kernel ask. What is not answered with an error is done as always, and nothing of the
// programs is changed for it.
//
//	Server ──Command──► the test's own program ──Enter──► the program
package seccomp
