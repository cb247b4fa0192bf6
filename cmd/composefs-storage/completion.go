package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/composefs-storage/composefs-storage/driver/store/catalog"
)

const completionUsage = `Usage:
  composefs-storage completion SHELL

Print a script by which bash, zsh, fish or powershell complete commands, options and
the names of container images. "make install" installs the first three. To use it in a
running shell:

  bash   source <(composefs-storage completion bash)
  zsh    source <(composefs-storage completion zsh)
  fish   composefs-storage completion fish | source
`

func completionCommand(s streams) *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:       "completion SHELL",
		Short:     "Print a completion script for a shell",
		Long:      completionUsage,
		ValidArgs: shells,
		Args:      exactly("SHELL"),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch root := cmd.Root(); args[0] {
			case "bash":
				return root.GenBashCompletionV2(s.out, true)
			case "zsh":
				return root.GenZshCompletion(s.out)
			case "fish":
				return root.GenFishCompletion(s.out, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(s.out)
			}
			return usageError{fmt.Errorf("unknown shell %q: %s are possible", args[0], strings.Join(shells, ", "))}
		},
	}
}

// addCompletions sets the completions of arguments and option values of all commands. Others are
// completed as files.
func addCompletions(root *cobra.Command) {
	arguments := map[string]completer{
		"inspect": imageNames(1, cobra.ShellCompDirectiveNoFileComp),
		"check":   imageNames(0, cobra.ShellCompDirectiveNoFileComp),
		"export":  imageNames(1, cobra.ShellCompDirectiveNoFileComp),
		"prepare": imageNames(0, cobra.ShellCompDirectiveNoFileComp),
		"convert": imageNames(0, cobra.ShellCompDirectiveNoFileComp),
		"digest":  imageNames(0, cobra.ShellCompDirectiveDefault),
		"mount":   imageNames(1, cobra.ShellCompDirectiveDefault),
		"ls":      imageNames(1, cobra.ShellCompDirectiveDefault),
		"dump":    imageNames(1, cobra.ShellCompDirectiveDefault),
		"objects": imageNames(1, cobra.ShellCompDirectiveDefault),
		"status":  cobra.NoFileCompletions,
		"gc":      cobra.NoFileCompletions,
		"import":  cobra.NoFileCompletions,
	}
	values := map[string]completer{
		"algorithm":  words(cobra.ShellCompDirectiveNoFileComp, "sha256", "sha512"),
		"format":     words(cobra.ShellCompDirectiveNoFileComp, "v1-sha256-12", "v1-sha512-12"),
		"rate":       cobra.NoFileCompletions,
		"workers":    cobra.NoFileCompletions,
		"from":       words(cobra.ShellCompDirectiveNoSpace, "docker://", "oci:", "oci-archive:", "docker-archive:"),
		"options":    words(cobra.ShellCompDirectiveNoSpace, "basedir=", "context=", "digest=", "idmap=", "noatime", "nodev", "noexec", "nosuid", "ro", "tryverity", "upperdir=", "verity", "workdir=", "xino="),
		"root":       words(cobra.ShellCompDirectiveFilterDirs),
		"pool":       words(cobra.ShellCompDirectiveFilterDirs),
		"diff":       words(cobra.ShellCompDirectiveFilterDirs),
		"from-store": words(cobra.ShellCompDirectiveFilterDirs),
	}
	for _, cmd := range root.Commands() {
		if cmd.ValidArgs == nil {
			cmd.ValidArgsFunction = arguments[cmd.Name()]
		}
		for name, c := range values {
			if cmd.Flags().Lookup(name) != nil {
				_ = cmd.RegisterFlagCompletionFunc(name, c) // an error: there is no such flag
			}
		}
	}
}

// completer returns possible words for an argument or an option's value.
type completer = cobra.CompletionFunc

// words completes words of a list.
func words(directive cobra.ShellCompDirective, list ...string) completer {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) { return list, directive }
}

// imageNames completes at most n names of container images in the store of the command line, or any
// number if n is 0. The directive is that for other words.
func imageNames(n int, directive cobra.ShellCompDirective) completer {
	return func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		st := &store{}
		if flag := cmd.Flags().Lookup("root"); flag != nil {
			st.root = flag.Value.String()
		}
		if n > 0 && len(args) >= n || st.read() != nil {
			return nil, directive
		}
		c, err := catalog.Read(&st.stores)
		if err != nil {
			return nil, directive
		}
		return slices.DeleteFunc(namesFrom(c.Images(), begun), func(name string) bool { return slices.Contains(args, name) }), directive
	}
}

// namesFrom returns the names of images that begin with the typed characters: whole names, or else
// names without the registry and the first parts, or else IDs.
func namesFrom(images []catalog.Image, begun string) []string {
	for _, words := range []func(catalog.Image) []string{
		func(i catalog.Image) []string { return i.Names },
		func(i catalog.Image) []string { return shortNames(i.Names) },
		func(i catalog.Image) []string { return []string{shortID(i.ID)} },
	} {
		var found []string
		for _, i := range images {
			for _, word := range words(i) {
				if strings.HasPrefix(word, begun) {
					found = append(found, word)
				}
			}
		}
		if len(found) > 0 {
			slices.Sort(found)
			return slices.Compact(found)
		}
	}
	return nil
}

// shortNames returns names without their first parts.
func shortNames(names []string) (short []string) {
	for _, name := range names {
		for _, rest, ok := strings.Cut(name, "/"); ok; _, rest, ok = strings.Cut(rest, "/") {
			short = append(short, rest)
		}
	}
	return short
}
