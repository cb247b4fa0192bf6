module github.com/composefs-storage/composefs-storage/hack/gofuse

go 1.25

require (
	github.com/composefs-storage/composefs-storage v0.0.0
	github.com/hanwen/go-fuse/v2 v2.12.1
	golang.org/x/sys v0.35.0
)

replace github.com/composefs-storage/composefs-storage => ../..
