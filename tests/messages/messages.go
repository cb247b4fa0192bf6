// Package messages finds in messages what users must not read.
package messages

import "regexp"

// internal are paths that are valid in the driver only: files in a detached mount, and the directories
// in which it probes the kernel.
var internal = regexp.MustCompile(`\S*(/proc/(self|thread-self|\d+)/fd\b|composefs-probe-|composefs-mount-)\S*`)

// runc are descriptors in messages of runc about mounts that fail.
var runc = regexp.MustCompile(`\(via /proc/self/fd/\d+\)`)

// Internal returns a path in a message that is valid in the driver only, or "".
func Internal(message string) string {
	return internal.FindString(runc.ReplaceAllString(message, ""))
}
