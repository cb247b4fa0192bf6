package fsck

import (
	"fmt"
	"slices"
	"strings"

	"github.com/composefs-storage/composefs-storage/driver/message"
)

// advise adds the next steps for unrepaired damage: the commands that repair it, and other remedies for
// faults that no repair mends.
func (c *checker) advise() {
	for _, f := range c.report.Findings {
		switch {
		case f.Severity != Damage:
		case f.Kind == MergedDifferent, f.Kind == LayerMissing:
			f.Remedy = anew(f)
		default:
			pulled, built := names(f)
			command := message.Repair(c.rootOf(f), first(pulled, built))
			if !slices.Contains(c.report.Commands, command) {
				c.report.Commands = append(c.report.Commands, command)
			}
		}
	}
}

// again returns the remedy for a content without a good copy in the stores.
func (c *checker) again(f *Finding) string {
	pulled, built := names(f)
	command := message.Repair(c.rootOf(f), first(pulled, built))
	if len(pulled) > 0 {
		return command + ", or " + anew(f)
	}
	if len(built) > 0 {
		return fmt.Sprintf("%s, or %s --from SOURCE, with an archive of the image or the layer tar that has it", anew(f), command)
	}
	return command + " --from SOURCE, with the image or the layer tar that has it"
}

// anew returns the remedy for images that cannot be repaired.
func anew(f *Finding) string {
	pulled, built := names(f)
	switch {
	case len(pulled) > 0:
		return fmt.Sprintf("podman rmi and pull %s again", strings.Join(pulled, " "))
	case len(built) > 0:
		return fmt.Sprintf("podman rmi and build %s again, with podman build --no-cache", strings.Join(built, " "))
	}
	return "podman rmi the image, and pull or build it again"
}

// names returns a name of each image that a finding concerns, apart from images without a name: those
// that a registry may have, and those that were built on this machine.
func names(f *Finding) (pulled, built []string) {
	for _, u := range f.Uses {
		switch i := slices.IndexFunc(u.Names, func(name string) bool { return !message.BuiltHere(name) }); {
		case i >= 0:
			pulled = append(pulled, u.Names[i])
		case len(u.Names) > 0:
			built = append(built, u.Names[0])
		}
	}
	return pulled, built
}

// first returns the first name of the first list that is not empty, or "".
func first(lists ...[]string) string {
	if all := slices.Concat(lists...); len(all) > 0 {
		return all[0]
	}
	return ""
}

// rootOf returns the argument of --root for the store of a finding, or "".
func (c *checker) rootOf(f *Finding) string {
	for _, s := range c.Stores.Additional {
		if root(s) == f.Store {
			return f.Store
		}
	}
	return c.Root
}
