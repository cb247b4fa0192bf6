// Package messages finds in messages what users must not read.
package messages

import "regexp"

// internal are paths that only the driver knows: files as it sees them in a detached mount,
// and the directories in which it probes the kernel.
var internal = regexp.MustCompile(`\S*(/proc/(self|thread-self|\d+)/fd\b|composefs-probe-|composefs-mount-)\S*`)

// runc are descriptors in messages of runc about mounts that fail.
var runc = regexp.MustCompile(`\(via /proc/self/fd/\d+\)`)

// Internal returns a path in a message that only the driver knows, or "".
func Internal(message string) string {
	return internal.FindString(runc.ReplaceAllString(message, ""))
}
