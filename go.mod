module github.com/composefs-storage/composefs-storage

go 1.24.0

require golang.org/x/sys v0.34.0 // indirect
