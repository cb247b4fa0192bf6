//go:build linux

package podman

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strconv"

	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// The user that rootless podmans run as. The machine has no such user: podman alone sees the
// files in /etc that name it.
const (
	UserID    = 54321
	userIDMap = "composefs:5000000:65536\n" // in /etc/subuid and /etc/subgid
)

// makeRootless has podman run without root, in a store that belongs to the user.
func (p *Podman) makeRootless() error {
	needs.Program(p.t, "newuidmap", "uidmap")
	p.opts.Private = maps.Clone(p.opts.Private)
	if p.opts.Private == nil {
		p.opts.Private = map[string]string{}
	}
	for name, text := range map[string]string{
		"passwd": fmt.Sprintf("root:x:0:0::/root:/bin/sh\ncomposefs:x:%d:%d::%s:/bin/sh\n", UserID, UserID, p.Store.Dir),
		"subuid": userIDMap,
		"subgid": userIDMap,
	} {
		path := filepath.Join(p.conf, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
		p.opts.Private[filepath.Join("/etc", name)] = path
	}
	// The user may not get at the programs where they were built.
	for name, built := range map[string]string{"podman": p.program, storageCommand: filepath.Join(bin(), storageCommand)} {
		program := filepath.Join(p.conf, name)
		if err := os.WriteFile(program, nil, 0o755); err != nil {
			return err
		}
		p.opts.Private[program] = built
	}
	p.program = filepath.Join(p.conf, "podman")
	runtime := filepath.Join(p.Store.Dir, "runtime") // one for all podmans of the store, whose records name it
	if err := os.MkdirAll(runtime, 0o700); err != nil {
		return err
	}
	p.env = append(p.env, "XDG_RUNTIME_DIR="+runtime, "PATH="+p.conf+":"+p.path())
	return filepath.WalkDir(p.Store.Dir, func(path string, _ fs.DirEntry, err error) error {
		if err == nil {
			err = os.Lchown(path, UserID, UserID)
		}
		return err
	})
}

// asUser is the beginning of a command that is run as the user.
func asUser() []string {
	id := strconv.Itoa(UserID)
	return []string{"setpriv", "--reuid=" + id, "--regid=" + id, "--clear-groups", "--"}
}

// endRootless ends the process that keeps a user's namespaces.
func (s *Store) endRootless() error {
	for _, p := range s.users {
		if p.opts.Rootless {
			_, err := p.Try("system", "migrate")
			return err
		}
	}
	return nil
}
