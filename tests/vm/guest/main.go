// Command guest is the program that runs in the machines of the tests: as their init,
// and under names for what busybox cannot do.
package main

import (
	"fmt"
	"os"
)

var commands = map[string]func(args []string) error{
	"agent":    agent,     // run scripts of the test
	"registry": registry,  // DIR: serve OCI layouts
	"tree":     showTree,  // DIR: print it as a dump
	"pool":     checkPool, // DIR: read all of a pool
	"device":   oneDevice, // CONTAINER DIR: check that a container is one device
	"seal":     seal,      // DIR...: enable fs-verity for all files
	"sealed":   sealed,    // FILE...: print which have fs-verity
	"limited":  limited,   // COMMAND...: run it so that quotas hold for it
	"sharing":  sharing,   // FILE COMMAND...: run it with a shared lock on the file
}

func main() {
	if os.Getpid() == 1 {
		halt(boot())
	}
	command := commands["agent"]
	if len(os.Args) > 1 {
		command = commands[os.Args[1]]
	}
	if command == nil {
		fmt.Fprintf(os.Stderr, "guest: unknown command %q\n", os.Args[1])
		os.Exit(2)
	}
	if err := command(os.Args[min(2, len(os.Args)):]); err != nil {
		fmt.Fprintln(os.Stderr, "guest:", err)
		os.Exit(1)
	}
}
