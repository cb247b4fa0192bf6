package policy

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// Entry contains the expected digests of one image.
type Entry struct {
	// Config is the digest of the image's configuration and Layer the ID of its top layer, each 64
	// hexadecimal digits. Exactly one of them is set.
	Config, Layer string

	// Merged is the fs-verity digest of the merged image by the algorithm of the store, nil if it is not
	// given. At least one of Merged, OCI and Bootable is.
	Merged *verity.Digest

	// OCI is the digest of the merged image in its canonical form, and Bootable that of the image which
	// a host boots, "" if they are not given. Each has 64 hexadecimal digits of sha256, or 128 of
	// sha512; with sha512 the image names objects by sha512 too.
	OCI, Bootable string

	// Source is the place of the entry, as FILE:LINE.
	Source string
}

// Name returns the name of the entry's image for messages.
func (e *Entry) Name() string {
	if e.Config != "" {
		return "sha256:" + e.Config
	}
	return "layer " + e.Layer
}

// Algorithm returns the algorithm of an OCI or Bootable digest.
func Algorithm(digits string) verity.Algorithm {
	if len(digits) == hex.EncodedLen(verity.SHA512.Size()) {
		return verity.SHA512
	}
	return verity.SHA256
}

// setters are the keys of an entry.
var setters = map[string]func(e *Entry, value string) error{
	"config": func(e *Entry, value string) (err error) {
		e.Config, err = parseHex(strings.TrimPrefix(value, "sha256:"), 64)
		return err
	},
	"layer": func(e *Entry, value string) (err error) {
		e.Layer, err = parseHex(strings.TrimPrefix(value, "sha256:"), 64)
		return err
	},
	"merged": func(e *Entry, value string) error {
		digits, err := parseHex(value, 64, 128)
		if err != nil {
			return err
		}
		d, err := verity.ParseDigest(digits)
		e.Merged = &d
		return err
	},
	"oci": func(e *Entry, value string) (err error) {
		e.OCI, err = parseHex(value, 64, 128)
		return err
	},
	"bootable": func(e *Entry, value string) (err error) {
		e.Bootable, err = parseHex(value, 64, 128)
		return err
	},
}

// parseHex returns a value in lower case, which must have one of the given numbers of hexadecimal
// digits.
func parseHex(value string, sizes ...int) (string, error) {
	for _, size := range sizes {
		if len(value) == size && strings.Trim(value, "0123456789abcdefABCDEF") == "" {
			return strings.ToLower(value), nil
		}
	}
	return "", fmt.Errorf("must be %s hexadecimal digits", strings.Trim(strings.Join(strings.Fields(fmt.Sprint(sizes)), " or "), "[]"))
}

// check checks which keys of an entry are set.
func (e *Entry) check() error {
	switch {
	case e.Config == "" && e.Layer == "":
		return errors.New(`"config" or "layer" must name the image`)
	case e.Config != "" && e.Layer != "":
		return errors.New(`"config" and "layer" are both there, an image is named by one`)
	case e.Merged == nil && e.OCI == "" && e.Bootable == "":
		return errors.New(`"merged", "oci" or "bootable" must state a digest`)
	}
	return nil
}

// contradicts returns the key in which two entries of an image differ, "" if there is none.
func (e *Entry) contradicts(other *Entry) string {
	if e.Merged != nil && other.Merged != nil && *e.Merged != *other.Merged {
		return "merged"
	}
	switch {
	case differ(e.OCI, other.OCI):
		return "oci"
	case differ(e.Bootable, other.Bootable):
		return "bootable"
	}
	return ""
}

// differ reports whether two digests contradict each other. Those of two algorithms do not.
func differ(a, b string) bool {
	return a != "" && b != "" && Algorithm(a) == Algorithm(b) && a != b
}

// String returns the entry in the format of policy files.
func (e *Entry) String() string {
	var b strings.Builder
	b.WriteString("[[image]]\n")
	for _, v := range [][2]string{{"config", e.Config}, {"layer", e.Layer}, {"merged", digits(e.Merged)}, {"oci", e.OCI}, {"bootable", e.Bootable}} {
		if v[0] == "config" && v[1] != "" {
			v[1] = "sha256:" + v[1]
		}
		if v[1] != "" {
			fmt.Fprintf(&b, "%-6s = %q\n", v[0], v[1])
		}
	}
	return b.String()
}

func digits(d *verity.Digest) string {
	if d == nil {
		return ""
	}
	return d.String()
}
