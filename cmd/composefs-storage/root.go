package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

const usage = `Usage:
  composefs-storage COMMAND [OPTIONS] [ARGUMENTS]

Work with composefs images: EROFS file systems that hold the names and metadata
of a tree, and name the contents of its files by their fs-verity digests.

The store of podman:
  status          report whether composefs is on, and the contents of the store
  inspect         show the layers and the digest of a container image
  check           check objects, layers and merged images, and repair them
  convert         convert plain layers to composefs, or back with --plain
  prepare         merge the layers of container images before their first mount
  gc              remove objects and images that no layer has
  export          write a container image to a composefs repository
  import          take a container image from such a repository

One container image of the store (IMAGE), or one image in a file (FILE):
  ls              list its files
  objects         list the objects that it needs
  dump            print it as a dump file, composefs-dump(5)
  digest          print its fs-verity digest, or that of its canonical form
  mount           mount it with its objects

New images:
  convert-layer   convert a layer tar to objects and a layer image
  merge           merge the layer images of a chain to one image
  mkcomposefs     make an image from a directory or a dump file

Shells:
  completion      print a completion script

IMAGE is a name or an ID, as podman takes it. A name that exists as a file or begins
with a slash or a dot is a FILE. "composefs-storage COMMAND --help" describes each
command; "composefs-storage --version" prints the version. Called as mkcomposefs or
mount.composefs, the program takes the options of the C program of that name.

Without root, commands on the store run in the user namespace of the user's podman, as
"podman unshare" does, and need podman and nsenter in PATH.

Exit codes:
  0  done
  1  failed; standard error has the reason
  2  the command line is wrong
  3  "check" has found damage that is not repaired
`

// execute runs a command line without the program's name.
func execute(args []string, s streams) error { return executeRoot(newRoot(s), args, s) }

// newRoot returns the root of all commands.
func newRoot(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:  "composefs-storage",
		Long: usage,
		RunE: func(cmd *cobra.Command, args []string) error {
			return withHint(usageError{fmt.Errorf("no command given")}, `"composefs-storage --help" lists the commands`)
		},
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			err := usageError{fmt.Errorf("unknown command %q", args[0])}
			if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
				return withHint(err, "did you mean %q?", near[0])
			}
			return withHint(err, `"composefs-storage --help" lists the commands`)
		},
		SuggestionsMinimumDistance: 2,
		Version:                    version(),
	}
	root.SetVersionTemplate("composefs-storage {{.Version}}\n")
	root.AddCommand(convertLayerCommand(s), mergeCommand(s), mkcomposefsCommand(s),
		dumpCommand(s), lsCommand(s), objectsCommand(s), digestCommand(s), mountCommand(s), statusCommand(s),
		inspectCommand(s), prepareCommand(s), checkCommand(s), convertCommand(s), gcCommand(s), exportCommand(s), importCommand(s), completionCommand(s))
	addCompletions(root)
	return root
}

// executeRoot runs a root command.
func executeRoot(root *cobra.Command, args []string, s streams) error {
	root.SilenceErrors, root.SilenceUsage = true, true
	root.SetArgs(args)
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetHelpCommand(helpCommand())
	root.CompletionOptions.DisableDefaultCmd = true
	// Usage texts are written, not generated.
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { fmt.Fprint(s.out, cmd.Long) })
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return seeHelp(cmd, usageError{err}) })
	return root.Execute()
}

// helpCommand returns the command "help COMMAND", the same as "COMMAND --help".
func helpCommand() *cobra.Command {
	return &cobra.Command{Use: "help [COMMAND]", Hidden: true, RunE: func(cmd *cobra.Command, args []string) error {
		root := cmd.Root()
		found, rest, err := root.Find(args)
		if err != nil || len(rest) > 0 {
			return root.Args(root, args)
		}
		return found.Help()
	}}
}

// seeHelp adds the hint to read the help of the command.
func seeHelp(cmd *cobra.Command, err error) error {
	return withHint(err, `see "%s --help"`, cmd.CommandPath())
}

// atLeast checks that a command has n arguments or more. The error calls them what.
func atLeast(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) >= n {
			return nil
		}
		return seeHelp(cmd, usageError{fmt.Errorf("no %s given", what)})
	}
}

// none checks that a command has no arguments.
func none(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return withHint(usageError{fmt.Errorf("unexpected argument %q", args[0])}, `see "%s --help"`, cmd.CommandPath())
}

// exactly checks that a command has one argument for each of the names.
func exactly(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch n := len(args); {
		case n < len(names):
			return seeHelp(cmd, usageError{fmt.Errorf("no %s given", names[n])})
		case n > len(names):
			return seeHelp(cmd, usageError{fmt.Errorf("one %s expected, %d given", strings.Join(names, " and one "), n)})
		}
		return nil
	}
}

// required returns an error if one of the flags, which take values, has none.
func required(cmd *cobra.Command, flags ...string) error {
	for _, name := range flags {
		if cmd.Flags().Lookup(name).Value.String() == "" {
			return seeHelp(cmd, usageError{fmt.Errorf("no --%s given", name)})
		}
	}
	return nil
}
