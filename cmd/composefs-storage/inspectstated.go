package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/composefs-storage/composefs-storage/convert"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/store/catalog"
	"github.com/composefs-storage/composefs-storage/driver/store/survey"
)

// inspectedStatement is a digest of the canonical form that an image states.
type inspectedStatement struct {
	Key    string `json:"key"`
	Source string `json:"source"` // the manifest and its digest, or the configuration
	Stated string `json:"stated"`
	Found  string `json:"found"` // "" if there is none
	Result string `json:"result"`
}

// The results of a comparison.
const (
	resultMatch    = "match"
	resultMismatch = "MISMATCH"
	// resultUnknown is the result of a label, which may be of an image in format 2 with other
	// digests.
	resultUnknown = "differs, or is of an older format"
)

// legacyLabel is the label in which older versions of composefs-rs had the digest.
const legacyLabel = "containers.composefs.fsverity"

// inspectStatements compares the digests that an image states with those of its layers.
func inspectStatements(ctx context.Context, image catalog.Image, layers []survey.Layer) (list []inspectedStatement, err error) {
	annotations, err := image.Annotations()
	if err != nil {
		return nil, err
	}
	labels, err := image.Labels()
	if err != nil {
		return nil, err
	}
	found := map[verity.Algorithm]string{}
	for _, st := range slices.Concat(annotations, labels) {
		a, ok := statedAlgorithm(st)
		if !ok {
			continue
		}
		if _, ok := found[a]; !ok {
			oci, err := survey.OCI(ctx, layers, convert.OCIOptions{Algorithm: a})
			if err != nil && !errors.Is(err, survey.ErrNoImage) {
				return nil, fmt.Errorf("digest of the canonical form: %w", err)
			}
			found[a] = oci.Digest.String()
		}
		s := inspectedStatement{st.Key, st.Source, st.Value, found[a], resultMismatch}
		switch {
		case found[a] != "" && strings.TrimPrefix(st.Value, a.String()+":") == found[a]:
			s.Result = resultMatch
		case st.Key == legacyLabel:
			s.Result = resultUnknown
		}
		list = append(list, s)
	}
	return list, nil
}

// statedAlgorithm returns the algorithm of a statement, if it is one of a digest.
func statedAlgorithm(st catalog.Statement) (a verity.Algorithm, ok bool) {
	for _, a := range []verity.Algorithm{verity.SHA256, verity.SHA512} {
		digits := strings.TrimPrefix(st.Value, a.String()+":")
		if st.Source != "configuration" && st.Key == convert.Annotation(a) ||
			st.Source == "configuration" && st.Key == legacyLabel && len(digits) == 2*a.Size() {
			return a, true
		}
	}
	return 0, false
}
