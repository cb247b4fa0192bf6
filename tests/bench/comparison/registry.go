package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// registry is docker-registry on a free port of this machine.
type registry struct {
	*server
	addr, dir string
}

const registryConfig = `version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: %q}}
http: {addr: %q}
`

// startRegistry serves the images in dir.
func startRegistry(ctx context.Context, program, dir string) (*registry, error) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &registry{addr: free.Addr().String(), dir: dir}
	_ = free.Close() // so that the registry can have the port
	config := filepath.Join(dir, "config.yml")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if err := os.WriteFile(config, fmt.Appendf(nil, registryConfig, filepath.Join(dir, "data"), r.addr), 0o600); err != nil {
		return nil, err
	}
	r.server, err = startServer(ctx, exec.Command(program, "serve", config), func() error {
		resp, err := http.Get("http://" + r.addr + "/v2/")
		if err != nil {
			return err
		}
		return resp.Body.Close()
	})
	return r, err
}

// blob returns where a blob is kept.
func (r *registry) blob(digest string) string {
	algorithm, hex, _ := strings.Cut(digest, ":")
	return filepath.Join(r.dir, "data/docker/registry/v2/blobs", algorithm, hex[:2], hex, "data")
}
