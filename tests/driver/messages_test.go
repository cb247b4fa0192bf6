//go:build linux

package driver_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	graphdriver "github.com/containers/storage/drivers"
	"github.com/containers/storage/pkg/idtools"
	"github.com/sirupsen/logrus"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/verity"
	"github.com/composefs-storage/composefs-storage/driver/inplace"
	"github.com/composefs-storage/composefs-storage/driver/store/chain"
	"github.com/composefs-storage/composefs-storage/driver/upkeep/fsck"
	"github.com/composefs-storage/composefs-storage/driver/upkeep/garbage"
	names "github.com/composefs-storage/composefs-storage/tests/messages"
	"github.com/composefs-storage/composefs-storage/tests/stock"
)

// TestPathsInErrors breaks each file of a pool and of a layer, and uses the store in every
// way: no error and no warning has a path by which the driver alone calls a file.
func TestPathsInErrors(t *testing.T) {
	object := objects.Path(verity.Sum([]byte(strings.Repeat("f", 100)))) // of a file in small
	failed := map[string]int{}
	file := func(path string) error { return os.WriteFile(path, []byte("broken"), 0o600) }
	directory := func(path string) error { return os.MkdirAll(filepath.Join(path, "broken"), 0o700) }
	loop := func(path string) error { return os.Symlink(path, path) }
	for _, name := range []string{
		"", "lock", "staging", "objects", "objects/" + filepath.Dir(object), "objects/" + object, "images", "layers", "chains", "garbage", "garbage.taken",
		"../overlay/top/diff", "../overlay/top/diff/" + filepath.Dir(object), "../overlay/top/diff/" + object,
		"../overlay/top/composefs-data", "../overlay/top/composefs-data/composefs.blob", "../overlay/top/composefs-data/merged.blob",
	} {
		for how, replace := range map[string]func(path string) error{"file": file, "directory": directory, "loop": loop} {
			if how != "directory" && strings.Contains(filepath.Base(name), ".blob") { // those are enough
				continue
			}
			t.Run(name+" is a "+how, func(t *testing.T) {
				dirs := newDirs(t)
				s, err := dirs.tryOpen(t, kind{})
				must(t, err)
				s.layer(t, "base", "", small)
				s.layer(t, "top", "base", small)
				path := filepath.Join(s.pool(), name)
				must(t, errors.Join(os.RemoveAll(path), os.MkdirAll(filepath.Dir(path), 0o700), replace(path)))
				for what, errs := range useAll(t, s) {
					for _, err := range errs {
						failed[what]++
						if bad := names.Internal(err); bad != "" {
							t.Errorf("%s: %s, in: %s", what, bad, err)
						}
					}
				}
			})
		}
	}
	for _, what := range []string{"mount", "apply", "diff", "own", "collect", "convert", "check", "unpack", "remove", "tidy"} {
		if failed[what] == 0 {
			t.Errorf("%s: nothing failed", what)
		}
	}
}

// useAll does what can be done with a store, and returns the errors of each, and warnings.
func useAll(t *testing.T, s *store) map[string][]string {
	t.Helper()
	var log bytes.Buffer
	level := logrus.GetLevel()
	logrus.SetOutput(&log)
	logrus.SetLevel(logrus.WarnLevel)
	defer func() { logrus.SetOutput(os.Stderr); logrus.SetLevel(level) }()
	failed := map[string][]string{}
	add := func(what string, err error) {
		if err != nil {
			failed[what] = append(failed[what], err.Error())
		}
		for line := range strings.Lines(log.String()) {
			failed[what] = append(failed[what], line)
		}
		log.Reset()
	}
	get := func(what, id string, options ...string) {
		_, err := s.Get(id, graphdriver.MountOpts{Options: options})
		add(what, err)
		if err == nil {
			add("put", s.Put(id))
		}
	}
	apply := func(id string) error {
		_, err := stock.AddDiff(s, id, "", graphdriver.ApplyDiffOpts{Diff: bytes.NewReader(small)})
		return err
	}
	get("mount", "top", "ro")
	add("apply", errors.Join(s.Create("new", "", nil), apply("new")))
	add("apply", apply("top"))
	diff, err := s.Diff("top", nil, "base", nil, "")
	if err == nil {
		_, err = io.Copy(io.Discard, diff)
		err = errors.Join(err, diff.Close())
	}
	add("diff", err)
	ids := idtools.NewIDMappingsFromMaps([]idtools.IDMap{{HostID: 200_000, Size: 1000}}, []idtools.IDMap{{HostID: 200_000, Size: 1000}})
	add("own", errors.Join(s.CreateFromTemplate("copy", "top", nil, "top", nil, nil, true), s.UpdateLayerIDMap("copy", idtools.NewIDMappingsFromMaps(nil, nil), ids, "")))
	stores := &chain.Stores{Primary: chain.Store{Home: s.home()}}
	_, err = garbage.Survey(t.Context(), stores)
	add("collect", err)
	_, err = garbage.Collect(t.Context(), stores)
	add("collect", err)
	_, err = inplace.New(stores, s.path("run"), objects.SealTry).Convert(t.Context(), "top")
	add("convert", err)
	report, err := fsck.Check(t.Context(), fsck.Options{Stores: stores, All: true})
	add("check", err)
	if report != nil {
		for _, f := range report.Findings {
			add("check", errors.New(fmt.Sprint(f.Detail, f.Paths, f.Remedy)))
		}
	}
	get("unpack", "base") // to be written to
	add("remove", s.Remove("top"))
	add("tidy", s.Cleanup())
	return failed
}
