// Command scale measures podman as its store grows: pulls, mounts and removals of one small image in a
// store of 10, 100 and 300 images that share nine of ten layers, then with 200 mounted containers, and
// then with many objects. It runs podman with our driver and without it in turn, each on a file
// system of its own, and writes a table and a chart.
//
//	main.go      the stages
//	registry.go  a registry that makes the images
//	image.go     the images
//	store.go     a podman and its store
//	measure.go   the operations
//	report.go    the table and the chart
//
// See docs/performance.md.
package main
