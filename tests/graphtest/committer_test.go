//go:build linux

package graphtest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	graphdriver "github.com/containers/storage/drivers"

	"github.com/composefs-storage/composefs-storage/tests/stock"
)

// committer is a driver that commits a layer before another one is built on it: its
// changes are taken out as a tar, and put into a layer of the same name that
// replaces it. If it is mounted it is so again afterwards, read-only.
type committer struct {
	graphdriver.Driver
	home    string
	parents map[string]string
	mounts  map[string]int
	done    map[string]bool
}

func newCommitter(d graphdriver.Driver, home string) *committer {
	return &committer{d, home, map[string]string{}, map[string]int{}, map[string]bool{}}
}

func (c *committer) Create(id, parent string, o *graphdriver.CreateOpts) error {
	return c.create(id, parent, func() error { return c.Driver.Create(id, parent, o) })
}

func (c *committer) CreateReadWrite(id, parent string, o *graphdriver.CreateOpts) error {
	return c.create(id, parent, func() error { return c.Driver.CreateReadWrite(id, parent, o) })
}

func (c *committer) create(id, parent string, create func() error) error {
	if parent != "" && !c.done[parent] {
		if err := c.commit(parent); err != nil {
			return fmt.Errorf("commit %s: %w", parent, err)
		}
	}
	c.parents[id] = parent
	return create()
}

func (c *committer) Get(id string, o graphdriver.MountOpts) (string, error) {
	if c.done[id] {
		o.Options = append(o.Options, "ro") // others are built on it
	}
	dir, err := c.Driver.Get(id, o)
	if err == nil {
		c.mounts[id]++
	}
	return dir, err
}

func (c *committer) Put(id string) error {
	c.mounts[id]--
	return c.Driver.Put(id)
}

func (c *committer) Remove(id string) error {
	delete(c.done, id)
	return c.Driver.Remove(id)
}

func (c *committer) commit(id string) error {
	mounts := c.mounts[id]
	for range mounts {
		if err := c.Put(id); err != nil {
			return err
		}
	}
	parent := c.parents[id]
	diff, err := c.Diff(id, nil, parent, nil, "")
	if err != nil {
		return err
	}
	var layer bytes.Buffer
	_, err = layer.ReadFrom(diff)
	if err = errors.Join(err, diff.Close()); err != nil {
		return err
	}
	info, err := os.Stat(filepath.Join(c.home, id, "diff")) // tars of layers do not hold the root
	if err != nil {
		return err
	}
	if err := errors.Join(c.Driver.Remove(id), c.Driver.Create(id, parent, nil)); err != nil {
		return err
	}
	if _, err := stock.PutDiff(c.Driver, id, parent, graphdriver.ApplyDiffOpts{Diff: &layer}); err != nil {
		return err
	}
	if err := os.Chmod(filepath.Join(c.home, id, "diff"), info.Mode()); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(c.home, id, "composefs-data", "composefs.blob")); err != nil {
		return fmt.Errorf("it is not composefs: %w", err)
	}
	c.done[id] = true
	commits++
	for range mounts {
		if _, err := c.Get(id, graphdriver.MountOpts{}); err != nil {
			return err
		}
	}
	return nil
}
