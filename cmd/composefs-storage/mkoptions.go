package main

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"syscall"

	"github.com/composefs-storage/composefs-storage/convert/erofs"
	"github.com/composefs-storage/composefs-storage/convert/scan"
)

// options are those of mkcomposefs.
type options struct {
	scan                    scan.Options
	fromFile                bool
	printDigest, digestOnly bool
	minVersion, maxVersion  int32
	versionSet              bool
}

// commandLineError is a mistake in mkcomposefs's command line.
type commandLineError struct {
	message   string
	showUsage bool
}

func (e commandLineError) Error() string { return e.message }

var errHelp = errors.New("help asked for")

// parse reads the command line. The messages are the C program's.
func (m *maker) parse(args []string) error {
	flag := func(p *bool) func(string) error {
		return func(string) error { *p = true; return nil }
	}
	operands, err := parseLong(args, []longOption{
		{"skip-xattrs", false, flag(&m.scan.SkipXattrs)},
		{"user-xattrs", false, flag(&m.scan.UserXattrs)},
		{"skip-devices", false, flag(&m.scan.SkipDevices)},
		{"hard-links", false, flag(&m.scan.HardLinks)},
		{"use-epoch", false, flag(&m.scan.Epoch)},
		{"digest-store", true, func(v string) error { m.scan.DigestStore = v; return nil }},
		{"print-digest", false, flag(&m.printDigest)},
		{"print-digest-only", false, func(string) error { m.printDigest, m.digestOnly = true, true; return nil }},
		{"from-file", false, flag(&m.fromFile)},
		{"max-version", true, func(v string) error { return m.setVersion(&m.maxVersion, "max version", v) }},
		{"min-version", true, func(v string) error { return m.setVersion(&m.minVersion, "min version", v) }},
		{"threads", true, m.setThreads},
		{"help", false, func(string) error { return errHelp }},
	})
	switch {
	case errors.Is(err, errOption):
		return commandLineError{showUsage: true}
	case errors.Is(err, errNoValue):
		return commandLineError{message: err.Error()}
	case err != nil:
		return err
	}
	return m.setOperands(operands)
}

func (m *maker) setOperands(operands []string) error {
	switch {
	case len(operands) == 0:
		return commandLineError{"No source path specified", true}
	case operands[0] == "":
		return errors.New("Empty source path specified") //nolint:staticcheck // the C program's words
	case len(operands) > 2:
		return commandLineError{"Too many arguments", true}
	case len(operands) == 1 && !m.digestOnly:
		return commandLineError{"No destination path specified", true}
	case len(operands) == 2 && m.digestOnly:
		return commandLineError{"Cannot specify destination path with --print-digest-only", true}
	}
	m.source = operands[0]
	if len(operands) == 2 {
		m.image = operands[1]
	}
	return nil
}

func (m *maker) setVersion(version *int32, what, value string) error {
	n, ok := parseLongInt(value)
	if !ok {
		return commandLineError{message: fmt.Sprintf("Invalid %s %s", what, value)}
	}
	*version, m.versionSet = int32(n), true // cut to 32 bits, as there
	return nil
}

func (m *maker) setThreads(value string) error {
	n, ok := parseLongInt(value)
	if !ok {
		return commandLineError{message: "Invalid threads count " + value}
	}
	if int32(n) <= 0 {
		return commandLineError{message: fmt.Sprintf("Invalid threads count %d", int32(n))}
	}
	m.scan.Threads = int(int32(n))
	return nil
}

// format returns the format that the version options ask for.
func (m *maker) format() (erofs.Format, error) {
	if !m.versionSet {
		return erofs.Auto, nil
	}
	for _, v := range []int32{m.minVersion, m.maxVersion} {
		if v < 0 || v > 1 {
			return 0, fmt.Errorf("cannot write file: %s", strerror(syscall.EINVAL))
		}
	}
	switch {
	case m.minVersion == 1:
		return erofs.V1, nil
	case m.maxVersion == 1:
		return erofs.Auto, nil
	}
	return erofs.V0, nil
}

// parseLongInt reads a number as strtol(3) in base 10 with the whole string
// consumed: white space before it and a sign are accepted, and what does not fit
// becomes the nearest number that does.
func parseLongInt(s string) (int64, bool) {
	digits := strings.TrimLeft(s, " \t\n\v\f\r")
	negative := strings.HasPrefix(digits, "-")
	if negative || strings.HasPrefix(digits, "+") {
		digits = digits[1:]
	}
	if digits == "" {
		return 0, false
	}
	var n int64
	for _, c := range []byte(digits) {
		if c < '0' || c > '9' {
			return 0, false
		}
		switch d := int64(c - '0'); {
		case negative && n >= (math.MinInt64+d)/10:
			n = n*10 - d
		case negative:
			n = math.MinInt64
		case n <= (math.MaxInt64-d)/10:
			n = n*10 + d
		default:
			n = math.MaxInt64
		}
	}
	return n, true
}
