//go:build linux

package podman

import (
	"cmp"
	"context"
	"maps"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/composefs-storage/composefs-storage/tests/needs"
)

// Tool returns another program for the same store and with the same configuration: one
// of those that "make tools" builds with our driver, and "make tools-stock" without it.
// Containers of buildah are removed when the test ends.
func (p *Podman) Tool(name string) *Podman {
	p.t.Helper()
	tool := *p
	tool.name, tool.program = name, filepath.Join(bin(), "stock", name)
	command := "make tools-stock"
	if p.ours() {
		tool.program, command = filepath.Join(bin(), name), "make tools"
	}
	needs.Built(p.t, tool.program, command)
	if p.opts.Rootless { // the user may not get at the program where it was built
		program := filepath.Join(p.conf, name)
		if err := os.WriteFile(program, nil, 0o755); err != nil {
			p.t.Fatal(err)
		}
		tool.opts.Private = maps.Clone(p.opts.Private)
		tool.opts.Private[program], tool.program = tool.program, program
	}
	switch name {
	case "skopeo": // the others have a variable for that
		tool.flags = []string{"--registries-conf", filepath.Join(p.conf, "registries.conf")}
	case "buildah":
		p.t.Cleanup(func() {
			if _, err := tool.Try("rm", "-a"); err != nil {
				p.t.Errorf("tidy: %v", err)
			}
		})
	}
	return &tool
}

// storageCommand is the command that manages the store.
const storageCommand = "composefs-storage"

// Storage returns a command of composefs-storage for the store, as the user of podman.
func (p *Podman) Storage(ctx context.Context, args ...string) *exec.Cmd {
	p.t.Helper()
	needs.Built(p.t, filepath.Join(bin(), storageCommand), "make build")
	command := *p
	command.name, command.program = storageCommand, filepath.Join(cmp.Or(p.bin, bin()), storageCommand)
	command.flags, command.opts.Kernel = nil, nil
	return command.Command(ctx, args...)
}
