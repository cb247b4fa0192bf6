#!/bin/sh
# usage: programs.sh DIR
#
# Build the programs of a Kubernetes cluster into DIR, from the module in this directory: etcd, the API
# server, the scheduler, the controller manager, kubelet and kubectl. GO is the go command.
set -eu
cd "$(dirname "$0")/../.."
go=${GO:-go}
mkdir -p "$1"
dir=$(readlink -f "$1")

version=$(sed -n 's,.*k8s.io/kubernetes \(v[^ ]*\).*,\1,p' hack/kubernetes/go.mod)

# build OUT PACKAGES: build programs without their symbols, which are a third of the size
build() {
	# shellcheck disable=SC2086 # one word for each package
	CGO_ENABLED=0 GOFLAGS='' "$go" -C hack/kubernetes build -trimpath -ldflags "-s -w -X k8s.io/component-base/version.gitVersion=$version" -o "$dir/$1" $2 || {
		echo "error: Kubernetes $version cannot be built" >&2
		echo "hint: its modules come from $("$go" env GOPROXY): check the network" >&2
		exit 1
	}
}

build etcd go.etcd.io/etcd/server/v3
k8s=k8s.io/kubernetes/cmd
build '' "$k8s/kube-apiserver $k8s/kube-controller-manager $k8s/kube-scheduler $k8s/kubectl $k8s/kubelet"
