// Package podman runs podman on stores of its own, for tests.
//
// A [Store] consists of the directories of a store. A [Podman] is a program that uses one,
// with configuration files of its own. Several may use a store in turn. An [Image] is
// an OCI image, made of layer tars, which a [Registry] serves or a directory contains.
//
// The end of a test removes its containers, mounts, and the files of its stores. The test
// fails if podman has left anything that it should have removed. The package works on
// Linux only, as root, with the programs that hack/deps.sh installs.
package podman
