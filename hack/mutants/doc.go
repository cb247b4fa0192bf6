// Command mutants checks the tests: it makes one small mistake after the other in the code
// and runs the tests that should find it. A mistake that no test finds survives; then the
// command fails, as it does if a mistake no longer fits the code.
//
// Each file of this directory that ends in .mutant is a mistake:
//
//	What goes wrong.
//	test objects.TestRemove        the package's directory, and the test that fails
//	---
//	lines of code that the project has once
//	+++
//	lines in their place
//
// Comments and spaces do not count, and nothing has a path, so that mutants follow code that
// moves. The tree stays as it is: the go command reads the changed file by -overlay.
package main
