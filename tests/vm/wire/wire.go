// Package wire is the protocol between a test and the program in its machine: JSON,
// one request at a time.
package wire

// Port is the name of the virtio port that they use.
const Port = "composefs-storage"

// Request asks for a script to be run by sh.
type Request struct {
	Script string
}

// Answer has the script's standard output, its standard error, and
// its exit code. The machine sends one without having been asked when it can take
// requests.
type Answer struct {
	Output, Errors []byte
	Code           int
}
