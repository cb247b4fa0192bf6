package main

import (
	"errors"
	"strings"
)

// longOption is a long option of getopt_long(3).
type longOption struct {
	name     string
	hasValue bool
	set      func(value string) error
}

// Errors of parseLong.
var (
	errOption  = errors.New("unknown or ambiguous option, or one with a value it does not take")
	errNoValue = errors.New("option needs a value")
)

// parseLong parses a command line as getopt_long(3) does for a program without
// short options: options may stand anywhere before "--", be abbreviated as long
// as that is unique, and have their value behind "=" or as the next argument. It
// returns the other arguments. It exists because scripts written for the C
// mkcomposefs may rely on any of that, which no flag package has.
func parseLong(args []string, options []longOption) (operands []string, err error) {
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		switch {
		case arg == "--":
			return append(operands, args...), nil
		case !strings.HasPrefix(arg, "-") || arg == "-":
			operands = append(operands, arg)
			continue
		case !strings.HasPrefix(arg, "--"):
			return nil, errOption
		}
		name, value, hasValue := strings.Cut(arg[2:], "=")
		o := findLong(options, name)
		if o == nil || hasValue && !o.hasValue {
			return nil, errOption
		}
		if o.hasValue && !hasValue {
			if len(args) == 0 {
				return nil, errNoValue
			}
			value, args = args[0], args[1:]
		}
		if err := o.set(value); err != nil {
			return nil, err
		}
	}
	return operands, nil
}

// findLong returns the option of that name, or the only one that begins so.
func findLong(options []longOption, name string) *longOption {
	var found *longOption
	for i := range options {
		switch {
		case options[i].name == name:
			return &options[i]
		case !strings.HasPrefix(options[i].name, name):
		case found != nil:
			found = &longOption{} // ambiguous, unless an exact match comes
		default:
			found = &options[i]
		}
	}
	if found == nil || found.name == "" {
		return nil
	}
	return found
}
