//go:build crio

package crio_test

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/composefs-storage/composefs-storage/tests/nodes"
	"github.com/composefs-storage/composefs-storage/tests/podman/conf"
)

// configure writes the files that CRI-O of the node reads.
func (n *node) configure() error {
	port, err := freePort()
	if err != nil {
		return err
	}
	n.metrics = fmt.Sprintf("http://127.0.0.1:%d/metrics", port)
	storage := nodes.Plain
	if n.kind == ours {
		sample, err := os.ReadFile("../../docs/storage.conf")
		if err != nil {
			return err
		}
		storage = string(sample)
	}
	if n.opts.images {
		storage = strings.Replace(storage, "[storage]\n", fmt.Sprintf("[storage]\nimagestore = %q\n", n.imageStore()), 1)
	}
	c := nodes.Configuration{Bin: n.bin, Socket: n.socket(), Metrics: port, Image: n.opts.image, Storage: nodes.In(storage, n.root, n.run), Registries: conf.Registries}
	if n.opts.network {
		c.Network, c.Registries = bridge, publicRegistries()
	}
	err = errors.Join(n.Configure(c), os.WriteFile(filepath.Join(n.Dir, "crictl.yaml"), []byte("{}\n"), 0o644))
	if err == nil && n.opts.systemd {
		err = n.installUnits()
	}
	return err
}

// imageStore is the directory of images.
func (n *node) imageStore() string {
	if n.opts.images {
		return filepath.Join(n.Dir, "images")
	}
	return n.root
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}
