package main

import "github.com/composefs-storage/composefs-storage/tests/bench/comparison/report"

// aims are the ratios to be reached.
var aims = []report.Aim{
	{Measure: "app: pull, wall", Against: plain, Most: 0.35},
	{Measure: "app: pull, CPU", Against: plain, Most: 0.35},
	{Measure: "app: pull, wall", Against: containerdEROFS, Most: 0.8},
	{Measure: "app: pull, CPU", Against: containerdEROFS, Most: 0.9},
	{Measure: "app: disk, bytes", Against: containerdEROFS, Most: 0.7},
	{Measure: "app: pull, wall", Against: stock, Most: 0.5},
	{Measure: "app: pull, CPU", Against: bareFloor, Most: 1.25},
	{Measure: "app: pull, peak memory", Against: plain, Most: 1.2},
	{Measure: "app: save, wall", Against: plain, Most: 1},
	{Measure: "app: save, CPU", Against: plain, Most: 1},
	{Measure: "app: push, wall", Against: plain, Most: 1},
	{Measure: "app: push, CPU", Against: plain, Most: 1},
	{Measure: "app: load, wall", Against: plain, Most: 1},
	{Measure: "app: load, CPU", Against: plain, Most: 1},
	{Measure: "app: build of 20 steps, wall", Against: plain, Most: 1},
	{Measure: "app: build of 20 steps, CPU", Against: plain, Most: 1},
	{Measure: "base: push as zstd:chunked, CPU", Against: plain, Most: 1},
	{Measure: "app: diff of 10,000 changed files, CPU", Against: plain, Most: 1},
	{Measure: "app: commit of 10,000 changed files, CPU", Against: plain, Most: 1},
	{Measure: "app: cp of the Go tree, CPU", Against: plain, Most: 1},
	{Measure: "app: run true, 100 at once, CPU", Against: plain, Most: 1},
	{Measure: "app: rm of 50 containers, CPU", Against: plain, Most: 1},
	{Measure: "app: run true after a boot, CPU", Against: plain, Most: 1},
	{Measure: "app: remove, wall", Against: plain, Most: 1},
	{Measure: "app: remove, CPU", Against: plain, Most: 1},
	{Measure: "app, zstd:chunked: pull, wall", Against: plain, Most: 0.6},
	{Measure: "app, zstd:chunked: pull, peak memory", Against: plain, Most: 2},
	{Measure: "app, zstd: pull, wall", Against: plain, Most: 0.45},
	{Measure: "huge layer: pull, wall", Against: plain, Most: 0.4},
	{Measure: "tiny files: pull, wall", Against: plain, Most: 0.4},
	{Measure: "tiny files: pull, wall", Against: containerdEROFS, Most: 1},
	{Measure: "family: next versions, new bytes", Against: plain, Most: 0.3},
	{Measure: "60 layers: image mount, later", Against: plain, Most: 1},
	{Measure: "60 layers: run true, later", Against: plain, Most: 1},
	{Measure: "app: commit of a changed file, wall", Against: plain, Most: 1.1},
	{Measure: "60 layers: find, cold", Against: plain, Most: 0.4},
	{Measure: "60 layers: 20,000 failed lookups", Against: plain, Most: 0.05},
	{Measure: "60 layers: 20,000 failed lookups, directories of all layers", Against: plain, Most: 0.05},
	{Measure: "app: slab of the containers", Against: plain, Most: 1},
}

// charted are the measures of the chart in docs/performance.md.
var charted = rows("base: pull, wall",
	"app: pull, wall", "app: pull, CPU", "app: pull, peak memory", "app: disk, bytes", "app: disk, inodes",
	"app: image mount, later", "app: run true, later", "app: read all files, cold", "app: read all files, warm",
	"app: commit of a changed file, wall", "app: build of 20 steps, wall", "app: slab of the containers",
	"app: save, wall", "app: push, wall", "app: load, wall", "app: remove, wall",
	"app, zstd: pull, wall", "huge layer: pull, wall", "tiny files: pull, wall", "tiny files: disk, bytes",
	"app, zstd:chunked: pull, wall",
	"60 layers: pull, wall", "60 layers: image mount, later", "60 layers: run true, later", "60 layers: find, cold",
	"60 layers: 20,000 failed lookups", "60 layers: 20,000 failed lookups, search paths",
	"60 layers: 20,000 failed lookups, directories of all layers",
	"family: next versions, wall", "family: next versions, new bytes")

func rows(measures ...string) (list []report.Row) {
	for _, m := range measures {
		list = append(list, report.Row{Measure: m})
	}
	return list
}

// summary are the measures of the chart in README.md.
var summary = []report.Row{
	{Measure: "app: pull, wall", Label: "pull of an image, 1.9 GB"},
	{Measure: "app: pull, CPU", Label: "its CPU time"},
	{Measure: "app: disk, bytes", Label: "its space on disk"},
	{Measure: "tiny files: pull, wall", Label: "pull of 300,000 tiny files"},
	{Measure: "app: read all files, cold", Label: "reading the files of 1.9 GB, cold"},
	{Measure: "family: next versions, new bytes", Label: "space of 9 further versions"},
	{Measure: "60 layers: image mount, later", Label: "second mount, 60 layers"},
	{Measure: "60 layers: find, cold", Label: "listing the files of 60 layers, cold"},
	{Measure: "app: pull, peak memory", Label: "peak memory of a pull"},
	{Measure: "app: slab of the containers", Label: "kernel memory, 50 containers"},
}
