// Package trace lets a test see what a function changes on disk, in which order, and when it
// makes that durable; and lets it have any of these changes fail, or the process killed
// before it. The test runs again in a process whose system calls are traced (see
// tests/seccomp), so that nothing of the functions is changed for it.
//
//	Run     the test runs itself; a Tracer traces functions of it
//	Victim  the test runs itself and expects it to be killed
package trace
