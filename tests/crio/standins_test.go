//go:build crio

package crio_test

import (
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/composefs-storage/composefs-storage/convert/layertest"
	"github.com/composefs-storage/composefs-storage/tests/podman"
)

// inNode is the address of the registry inside a node with a network of its own.
const inNode = "127.0.0.1:5000"

// publicRegistries is a registries.conf by which that registry has the images of public ones.
func publicRegistries() string {
	text := "unqualified-search-registries = []\n"
	for _, host := range []string{"registry.k8s.io", "gcr.io", "quay.io"} {
		text += fmt.Sprintf("[[registry]]\nprefix = %q\nlocation = %q\ninsecure = true\n", host, inNode+"/"+host)
	}
	return text
}

// bridge is the network of pods.
const bridge = `{"cniVersion": "1.0.0", "name": "pods", "plugins": [
{"type": "bridge", "bridge": "cni0", "isGateway": true, "hairpinMode": true, "ipam": {"type": "host-local", "dataDir": "/run/cni",
"routes": [{"dst": "0.0.0.0/0"}], "ranges": [[{"subnet": "10.85.0.0/16"}]]}},
{"type": "portmap", "capabilities": {"portMappings": true}}]}`

// serveRegistries passes requests in the network of the node to the registry of this machine.
func (n *node) serveRegistries() {
	n.t.Helper()
	l, err := n.Listen(inNode)
	must(n.t, err)
	to := &url.URL{Scheme: "http", Host: podman.SharedRegistry(n.t).Addr}
	server := &http.Server{Handler: httputil.NewSingleHostReverseProxy(to)}
	ended := make(chan error)
	go func() { ended <- server.Serve(l) }()
	n.t.Cleanup(func() {
		must(n.t, server.Close())
		<-ended // always an error
	})
}

// nginx is a script that does what the specs expect of nginx: it serves a page, and writes its process ID.
const nginx = `#!/bin/sh
echo $$ >/var/run/nginx.pid
httpd -f -p "${1:-80}" -h /www &
wait
`

// standInsPut reports whether the registry has the stand-ins.
var standInsPut struct {
	sync.Mutex
	done bool
}

// standIns puts images into the registry for those that critest pulls, once for all tests: see [push].
func standIns(t *testing.T) {
	t.Helper()
	standInsPut.Lock()
	defer standInsPut.Unlock()
	if standInsPut.done {
		return
	}
	base := podman.Layer(append(applets(t),
		layertest.File("etc/passwd", "root:x:0:0:root:/:/bin/sh\nwww-data:x:33:33:www-data:/:/bin/false\ndefault-user:x:1000:1000::/:/bin/sh\n"),
		layertest.File("etc/group", "root:x:0:\nwww-data:x:33:\ndefault-user:x:1000:\ngroup-defined-in-image:x:50000:default-user\n"),
		layertest.Dir("var"), layertest.Dir("var/run"), layertest.Dir("var/lib"), layertest.Dir("usr"), layertest.Dir("usr/share"), layertest.Dir("lib"),
		layertest.Dir("www"), layertest.File("www/index.html", "nginx\n"), layertest.File("bin/nginx", nginx).Owner(0, 0, 0o755))...)
	put := func(name, user, extra string, cmd ...string) {
		t.Helper()
		if len(cmd) == 0 {
			cmd = []string{"sh"}
		}
		img := podman.Image{Layers: [][]byte{podman.Busybox(t), base}, Compression: podman.Gzip, Cmd: cmd, User: user}
		if extra != "" {
			img.Layers = append(img.Layers, podman.Layer(layertest.File(extra, extra)))
		}
		path, tag, _ := strings.Cut(name, ":")
		podman.SharedRegistry(t).PushTag(t, path, tag, img)
	}
	const k8s, tools = "registry.k8s.io/", "gcr.io/k8s-staging-cri-tools/"
	put(k8s+"pause:3.10", "", "pause", "sh", "-c", `trap "exit 0" TERM; while :; do sleep 1000 & wait; done`)
	put(k8s+"e2e-test-images/busybox:1.29-2", "", "")
	put(k8s+"e2e-test-images/nginx:1.14-2", "", "", "nginx")
	put(k8s+"e2e-test-images/httpd:2.4.39-4", "", "", "nginx")
	put(tools+"hostnet-nginx-amd64:latest", "", "", "nginx", "12003")
	for name, user := range map[string]string{"user-uid": "1002", "user-username": "www-data", "user-uid-group": "1003:www-data", "user-username-group": "www-data:100", "predefined-group": "1000"} {
		put(tools+"test-image-"+name+":latest", user, "")
	}
	for _, name := range []string{"latest:latest", "tag:test", "tag:all", "digest:latest", "1:latest", "2:latest", "3:latest"} {
		put(tools+"test-image-"+name, "", strings.ReplaceAll(name, ":", "-"))
	}
	for _, tag := range []string{"1", "2", "3"} {
		put(tools+"test-image-tags:"+tag, "", "tags")
	}
	standInsPut.done = true
}

// applets returns links to busybox for all its commands.
func applets(t *testing.T) (links []layertest.Entry) {
	t.Helper()
	names, err := exec.Command("busybox", "--list").Output()
	must(t, err)
	for name := range strings.FieldsSeq(string(names)) {
		if name != "busybox" {
			links = append(links, layertest.Symlink("bin/"+name, "busybox"))
		}
	}
	return links
}
