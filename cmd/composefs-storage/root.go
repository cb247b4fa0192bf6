package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

const usage = `Usage:
  composefs-storage COMMAND [OPTIONS] [ARGUMENTS]

Work with composefs images: EROFS file systems that hold the names and metadata
of a tree, and name the contents of its files by their fs-verity digests.

Commands:
  convert-layer   convert a layer tar to objects and a layer image
  merge           merge the layer images of a chain to one image
  mkcomposefs     make an image from a directory or a dump file
  dump            print an image as a dump file, composefs-dump(5)
  ls              list the files of an image
  objects         list the objects that an image needs
  digest          print the fs-verity digest of files, or of a chain's OCI tree
  completion      print a completion script for a shell

"composefs-storage COMMAND --help" tells more of each. Called as mkcomposefs,
the program takes the options of the C program of that name.

Exit codes:
  0  done
  1  could not be done; standard error says why
  2  the command line is wrong
`

// execute runs a command line without the program's name.
func execute(args []string, s streams) error {
	root := &cobra.Command{
		Use:           "composefs-storage",
		Long:          usage,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, args []string) error {
			return withHint(usageError{fmt.Errorf("no command given")}, `"composefs-storage --help" lists them`)
		},
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			err := usageError{fmt.Errorf("unknown command %q", args[0])}
			if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
				return withHint(err, "did you mean %q?", near[0])
			}
			return withHint(err, `"composefs-storage --help" lists them`)
		},
		SuggestionsMinimumDistance: 2,
	}
	root.AddCommand(convertLayerCommand(s), mergeCommand(s), mkcomposefsCommand(s),
		dumpCommand(s), lsCommand(s), objectsCommand(s), digestCommand(s))
	root.SetArgs(args)
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetHelpCommand(&cobra.Command{Hidden: true})
	// Usage texts are written, not generated.
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { fmt.Fprint(s.out, cmd.Long) })
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return withHint(usageError{err}, `see "%s --help"`, cmd.CommandPath())
	})
	return root.Execute()
}

// atLeast is the check of a command that takes arguments called what.
func atLeast(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) >= n {
			return nil
		}
		return withHint(usageError{fmt.Errorf("no %s given", what)}, `see "%s --help"`, cmd.CommandPath())
	}
}

// exactly is the check of a command that takes one argument called what.
func exactly(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return withHint(usageError{fmt.Errorf("one %s expected, %d given", what, len(args))},
				`see "%s --help"`, cmd.CommandPath())
		}
		return atLeast(1, what)(cmd, args)
	}
}

// required returns an error if one of the flags, which take values, has none.
func required(cmd *cobra.Command, flags ...string) error {
	for _, name := range flags {
		if cmd.Flags().Lookup(name).Value.String() == "" {
			return withHint(usageError{fmt.Errorf("no --%s given", name)}, `see "%s --help"`, cmd.CommandPath())
		}
	}
	return nil
}
