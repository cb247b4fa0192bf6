module github.com/composefs-storage/composefs-storage/hack/cri-tools

go 1.24.0

require (
	github.com/opencontainers/runc v1.3.4
	sigs.k8s.io/cri-tools v1.34.0
)
