// Package podman runs podman on stores of its own, for tests.
//
// A [Store] is the directories of a store. A [Podman] is a way to use one: a program,
// with configuration files of its own. Several may use a store in turn. An [Image] is
// an OCI image, made of layer tars, that a [Registry] serves or a directory holds.
//
// When a test ends, its containers and mounts are gone, and so are the files of its
// stores; what podman should have tidied and did not fails the test. It works on Linux
// only, as root, with the programs that hack/deps.sh installs.
package podman
