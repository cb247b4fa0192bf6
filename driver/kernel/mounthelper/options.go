//go:build linux

package mounthelper

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/kernel/mount"
)

// options are the options of -o: those of mount.composefs 1.0.8, SELinux's context, xino of
// overlayfs, and those of mount(8) for any file system. If one is given twice, the last counts, as there.
type options struct {
	basedirs          []string
	digest            *verity.Digest
	verity, tryVerity bool
	upper, work       string
	idmap             string // path of a user namespace
	label             string
	xino              mount.Xino
	attrs             mount.Attrs
}

// valuedOptions are those that have a value.
var valuedOptions = []string{"basedir", "digest", "upperdir", "workdir", "idmap", "context", "xino"}

// mountWords are options of mount(8) that have no effect on the mount, or stand for others. mount(8)
// passes most of them on to its helpers.
var mountWords = map[string][]string{
	"defaults": {"rw", "suid", "dev", "exec"},
	"atime":    {"relatime"},
	"user":     {"noexec", "nosuid", "nodev"},
	"users":    {"noexec", "nosuid", "nodev"},
	"owner":    {"nosuid", "nodev"},
	"group":    {"nosuid", "nodev"},
	"nouser":   nil, "noowner": nil, "nogroup": nil,
	"auto": nil, "noauto": nil, "nofail": nil, "_netdev": nil,
	"comment": nil, "helper": nil, "uhelper": nil,
	"async": nil, "silent": nil, "loud": nil, "nomand": nil, "noiversion": nil, "nolazytime": nil,
}

// parseOptions reads a list of options. Unknown ones are an error unless sloppy.
func parseOptions(list string, sloppy bool) (o options, err error) {
	for list != "" {
		var key, value string
		key, value, list = cutOption(list)
		known, err := o.set(key, value)
		switch {
		case err != nil:
			return o, UsageError{err}
		case !known && !sloppy && key != "":
			return o, UsageError{fmt.Errorf("unknown mount option %q", strings.TrimSuffix(key+"="+value, "="))}
		}
	}
	if (o.upper == "") != (o.work == "") {
		return o, UsageError{errors.New("upperdir= and workdir= come together")}
	}
	return o, nil
}

// set sets one option, and returns whether it exists.
func (o *options) set(key, value string) (known bool, err error) {
	if words, ok := mountWords[key]; ok || strings.HasPrefix(key, "x-") || strings.HasPrefix(key, "X-") {
		for _, w := range words {
			o.attrs, _ = o.attrs.With(w)
		}
		return true, nil
	}
	text := unescapeOption(value)
	switch hasValue := slices.Contains(valuedOptions, key); {
	case hasValue && strings.Trim(text, ":") == "":
		return true, fmt.Errorf("mount option %s= has no value", key)
	case !hasValue && text != "":
		return false, nil
	}
	switch key {
	case "basedir":
		o.basedirs = splitPaths(value)
	case "digest":
		d, err := verity.ParseDigest(text)
		if err != nil {
			return true, fmt.Errorf("mount option digest=: %w", err)
		}
		o.digest = &d
	case "verity":
		o.verity = true
	case "tryverity":
		o.tryVerity = true
	case "upperdir":
		o.upper = text
	case "workdir":
		o.work = text
	case "idmap":
		o.idmap = text
	case "context":
		o.label = text
	case "xino":
		if o.xino, err = mount.ParseXino(text); err != nil {
			return true, fmt.Errorf("mount option %w", err)
		}
	default:
		o.attrs, known = o.attrs.With(key)
		return known, nil
	}
	return true, nil
}

// cutOption cuts the first option off a list. In a value a backslash makes the
// character behind it an ordinary one, as in the C program; it is left there. A value
// may be in double quotes, as in mount(8): commas and backslashes are ordinary there.
func cutOption(list string) (key, value, rest string) {
	end := strings.IndexAny(list, ",=")
	switch {
	case end < 0:
		return list, "", ""
	case list[end] == ',':
		return list[:end], "", list[end+1:]
	}
	key, value = list[:end], list[end+1:]
	if quoted, rest, ok := strings.Cut(strings.TrimPrefix(value, `"`), `"`); ok && value[0] == '"' {
		return key, strings.ReplaceAll(quoted, `\`, `\\`), strings.TrimPrefix(rest, ",")
	}
	value, rest = cutUnescaped(value, ',')
	return key, value, rest
}

// cutUnescaped cuts s at the first separator that has no backslash before it.
func cutUnescaped(s string, separator byte) (before, after string) {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case separator:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// splitPaths returns the paths in a value, which have colons between them.
func splitPaths(value string) (paths []string) {
	for value != "" {
		var path string
		if path, value = cutUnescaped(value, ':'); path != "" {
			paths = append(paths, unescapeOption(path))
		}
	}
	return paths
}

// unescapeOption removes the backslashes that make characters ordinary.
func unescapeOption(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
