//go:build linux

package mounthelper

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert/repository/names"
	"github.com/composefs-storage/composefs-storage/convert/verity"
)

// bootImage is the image that a kernel's command line names.
type bootImage struct {
	digest   verity.Digest
	optional bool // it is mounted without fs-verity too
}

// Keys of the kernel's command line: bootc writes the first one, and composefs-rs reads both.
const (
	cmdlineKey       = "composefs"
	cmdlineDigestKey = "composefs.digest"
)

// parseCmdline returns the image that a kernel's command line names by its fs-verity digest:
// composefs=DIGEST, composefs.digest=v1-sha256-12:DIGEST or composefs.digest=v1-sha512-12:DIGEST. With
// a question mark before DIGEST an image without fs-verity is mounted too.
func parseCmdline(text string) (image bootImage, err error) {
	found := 0
	for word := range strings.FieldsSeq(text) {
		key, value, _ := strings.Cut(word, "=")
		if key != cmdlineKey && key != cmdlineDigestKey {
			continue
		}
		this, err := parseBootImage(key, value)
		if err == nil && found > 0 && this != image {
			err = errors.New("another one before it names another image")
		}
		if err != nil {
			return image, fmt.Errorf("kernel command line: %s: %w", word, err)
		}
		image = this
		found++
	}
	if found == 0 {
		return image, fmt.Errorf("kernel command line: neither %s= nor %s= names an image", cmdlineKey, cmdlineDigestKey)
	}
	return image, nil
}

// parseBootImage parses the value of a key.
func parseBootImage(key, value string) (image bootImage, err error) {
	value, image.optional = strings.CutPrefix(value, "?")
	if key == cmdlineDigestKey {
		name, digits, _ := strings.Cut(value, ":")
		image.digest, err = verity.ParseDigest(digits)
		if err != nil || name != "v1-"+image.digest.Algorithm().String()+"-12" {
			return image, errors.New("the format must be v1-sha256-12:DIGEST or v1-sha512-12:DIGEST")
		}
		return image, nil
	}
	image.digest, err = verity.ParseDigest(value)
	return image, err
}

// booted sets the options for the image that the kernel's command line, in the file cmdline, names. The image is
// in the composefs repository of the root file system at sysroot. booted returns the image file and the source of
// the mount, which names the booted image to a running system, as with bootc.
func (o *options) booted(cmdline, sysroot string) (file, source string, err error) {
	text, err := os.ReadFile(cmdline)
	if err != nil {
		return "", "", err
	}
	image, err := parseCmdline(string(text))
	if err != nil {
		return "", "", err
	}
	dir := filepath.Join(sysroot, "composefs")
	o.basedirs = []string{names.Objects(dir)}
	file = names.ImageFile(dir, image.digest.String())
	if !image.optional || isSealed(file) {
		o.digest = &image.digest
	}
	return file, cmdlineKey + "=" + image.digest.String(), nil
}

// isSealed reports whether a file has fs-verity.
func isSealed(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false // the mount reports it
	}
	defer f.Close() //nolint:errcheck // open for reading
	_, err = verity.Measure(f)
	return err == nil
}
