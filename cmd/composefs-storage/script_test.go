package main

import (
	"fmt"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/composefs-storage/composefs-storage/config"
	"github.com/composefs-storage/composefs-storage/tests/seccomp"
)

// TestMain lets the scripts call the program under all of its names, and mktar.
func TestMain(m *testing.M) {
	seccomp.Enter()
	testscript.Main(m, map[string]func(){
		"composefs-storage": main, "mkcomposefs": main, "mount.composefs": main, "mktar": mktar,
	})
}

// TestScripts runs testdata/*.txtar: commands and their output.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata", Condition: func(name string) (bool, error) {
		switch name {
		case "root":
			return os.Geteuid() == 0, nil
		case "dropins": // storage.conf has drop-ins
			return config.Upstream == config.DropIns, nil
		}
		return false, fmt.Errorf("unknown condition %q", name)
	}})
}
