// Package trace shows a test the changes that a function makes on disk, in their order, and the
// calls that make them durable. Each change can fail, or the process be killed before it. The
// test runs again in a process whose system calls are traced (see tests/seccomp), so the traced
// code needs no hooks.
//
//	Run         runs the test in a traced process, where a Tracer traces functions
//	RunLookups  the same, and the Tracer also shows which files are opened, asked for and listed
//	Victim      runs the test in a traced process, and reports whether that was killed
package trace
