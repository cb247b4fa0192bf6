package message

import "strings"

// Repair returns the command that repairs damaged files of a container image, or of all if name
// is "". An image with a registry's name is looked for there; one that was built here is not.
// root is that of a store which storage.conf does not configure, or "".
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

// BuiltHere reports whether a container image was built on this machine, by its name. Source:
// localhost/ is the registry that podman and buildah give such images.
func BuiltHere(name string) bool { return strings.HasPrefix(name, "localhost/") }

// Word makes a word of a shell of any string.
func Word(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-:+@%=", r)
	}) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
