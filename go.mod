module github.com/composefs-storage/composefs-storage

go 1.24.0

require (
	github.com/erofs/go-erofs v0.3.1
	github.com/rogpeppe/go-internal v1.14.1
	github.com/spf13/cobra v1.9.1
	golang.org/x/sync v0.16.0
	golang.org/x/sys v0.34.0
)

require (
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/spf13/pflag v1.0.6 // indirect
	golang.org/x/tools v0.26.0 // indirect
)
