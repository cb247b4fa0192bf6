// Command composefs-storage works with composefs images and, called as mkcomposefs or
// mount.composefs, stands in for the C program of that name.
//
// Its output and its usage texts follow the rules in ui.go.
package main

import (
	"os"
	"path/filepath"

	"github.com/containers/storage/pkg/reexec"
)

func main() {
	if reexec.Init() { // the child of convert --plain that unpacks a layer
		return
	}
	os.Exit(run(os.Args, streams{os.Stdin, os.Stdout, os.Stderr}))
}

// run runs the command line args with the streams s, and returns the exit code.
func run(args []string, s streams) int {
	switch filepath.Base(args[0]) {
	case "mkcomposefs":
		return mkcomposefs("mkcomposefs", args[1:], s)
	case "mount.composefs":
		return mountHelper(args[1:], s)
	}
	return s.exitCode(execute(args[1:], s))
}
