package message

import "strings"

// Repair returns the command that repairs damaged files of a container image, or of all images if name
// is "". The command gets good copies from the image's registry, unless the image was built here. root
// is the root of a store that storage.conf does not configure, or "".
func Repair(root, name string) string {
	words := []string{"composefs-storage check --repair"}
	if root != "" {
		words = append(words, "--root", Word(root))
	}
	switch {
	case name == "":
		name = "--all"
	case !BuiltHere(name):
		words = append(words, "--from docker://"+name)
	}
	return strings.Join(append(words, name), " ")
}

// BuiltHere reports by the name of a container image whether it was built on this machine. podman and
// buildah put localhost/ before such names.
func BuiltHere(name string) bool { return strings.HasPrefix(name, "localhost/") }

// Word quotes a string as one word of a shell.
func Word(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-:+@%=", r)
	}) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
