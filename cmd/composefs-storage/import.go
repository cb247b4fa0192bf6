package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/composefs-storage/composefs-storage/convert/objects"
	"github.com/composefs-storage/composefs-storage/convert/repository"
	"github.com/composefs-storage/composefs-storage/driver/store/pool"
	"github.com/composefs-storage/composefs-storage/driver/upkeep/importer"
)

const importUsage = `Usage:
  composefs-storage import --repo DIR NAME [--root DIR]

Take the container image NAME of a composefs repository, as export, bootc and cfsctl
write it, into podman's store. Its objects get links from the store's pool if both are on
one file system and their fs-verity digests are by sha256. Then podman, which must be in
PATH, pulls the image from a registry that import runs on loopback, and finds the
contents in the pool. The image has the same ID, configuration and layers. Its manifest
differs, because a repository does not keep the compressed layers.

Options:
  --repo DIR   the repository
  --root DIR   the store, instead of the one that storage.conf configures
`

func importCommand(s streams) *cobra.Command {
	st, repo := &store{}, ""
	cmd := &cobra.Command{
		Use:   "import --repo DIR NAME",
		Short: "Take a container image of a composefs repository into the store",
		Long:  importUsage,
		Args:  exactly("NAME"),
		RunE: func(_ *cobra.Command, args []string) error {
			if repo == "" {
				return usageError{errors.New("--repo DIR is missing")}
			}
			return interruptible(func(ctx context.Context) error { return s.importImage(ctx, st, repo, args[0]) })
		},
	}
	st.addFlag(cmd)
	cmd.Flags().StringVar(&repo, "repo", "", "")
	return cmd
}

func (s streams) importImage(ctx context.Context, st *store, repo, name string) (err error) {
	dir, err := filepath.Abs(repo) // entering the user namespace may change the directory
	if err == nil {
		err = st.load()
	}
	if err != nil {
		return err
	}
	r, err := repository.OpenReadOnly(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	image, err := r.Image(name)
	if errors.Is(err, fs.ErrNotExist) {
		return noSuchName(r, dir, name)
	}
	if err != nil {
		return err
	}
	release, err := s.linkObjects(ctx, st, r, image)
	if err != nil {
		return st.hint(err)
	}
	defer func() { err = errors.Join(err, release()) }()
	return s.pullFrom(ctx, st, r, image, name)
}

// noSuchName returns the error for an image that a repository does not have.
func noSuchName(r *repository.Reader, dir, name string) error {
	err := fmt.Errorf("composefs repository %s has no image %s", dir, name)
	if names, _ := r.Names(); len(names) > 0 { // without them there is no hint
		return withHint(err, "it has %s", strings.Join(names, ", "))
	}
	return err
}

// linkObjects links the objects of an image into the pool, whose lock it holds, shared, until release is called:
// nobody has the links yet.
func (s streams) linkObjects(ctx context.Context, st *store, r *repository.Reader, image *repository.Image) (release func() error, err error) {
	to := st.stores.NewLayers()
	if err := os.MkdirAll(to.Home, 0o700); err != nil { // podman may not have been started yet
		return nil, err
	}
	p, err := pool.Open(to, objects.SealNever)
	if err != nil {
		return nil, err
	}
	unlock, err := p.Hold()
	if err != nil {
		return nil, errors.Join(err, p.Close())
	}
	release = func() error { return errors.Join(unlock(), p.Close()) }
	n, err := importer.Link(ctx, r, image, to)
	if err != nil {
		return nil, errors.Join(err, release())
	}
	_, err = fmt.Fprintf(s.out, "objects: %d linked, %d were there, %d to copy\n", n.New, n.Had, n.Other)
	return release, err
}

// pullFrom has podman pull the image from a registry of this process, and gives it its name.
func (s streams) pullFrom(ctx context.Context, st *store, r *repository.Reader, image *repository.Image, name string) error {
	handler, err := importer.Handler(r, image)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	go server.Serve(listener) //nolint:errcheck // ends with Close
	defer server.Close()      //nolint:errcheck // nobody is connected any more
	from := listener.Addr().String() + "/composefs/import:latest"
	id := strings.TrimPrefix(image.ConfigDigest, "sha256:")
	for _, args := range [][]string{{"pull", "-q", "--tls-verify=false", from}, {"tag", id, name}, {"untag", id, from}} {
		if err := s.podman(ctx, st, args...); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(s.out, "%s  %s\n", shortID(id), escape(name))
	return err
}

// podman runs podman on the store.
func (s streams) podman(ctx context.Context, st *store, args ...string) error {
	if st.root != "" { // with which podman forgets the options of storage.conf
		args = append([]string{"--root", st.conf.GraphRoot, "--storage-opt", "overlay.use_composefs=true"}, args...)
	}
	cmd := exec.CommandContext(ctx, "podman", args...)
	cmd.Stderr = s.err
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("podman %s: %w", strings.Join(args, " "), err)
	}
	return nil
}
