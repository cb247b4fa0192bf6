package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the scripts call the program under both of its names, and mktar.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"composefs-storage": main, "mkcomposefs": main, "mktar": mktar})
}

// TestScripts runs testdata/*.txtar: what a user types and what is printed.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata"})
}
