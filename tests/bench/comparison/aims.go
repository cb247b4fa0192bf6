package main

import "github.com/composefs-storage/composefs-storage/tests/bench/comparison/report"

// aims are the ratios to reach.
var aims = []report.Aim{
	{Measure: "app: pull, wall", Against: plain, Most: 0.6},
	{Measure: "app: pull, CPU", Against: plain, Most: 0.6},
	{Measure: "app: pull, wall", Against: stock, Most: 0.5},
	{Measure: "app: pull, CPU", Against: bareFloor, Most: 1.5},
	{Measure: "app: pull, peak memory", Against: plain, Most: 1.5},
	{Measure: "app, zstd:chunked: pull, wall", Against: plain, Most: 0.6},
	{Measure: "family: next versions, new bytes", Against: plain, Most: 0.3},
	{Measure: "60 layers: image mount, later", Against: plain, Most: 1},
	{Measure: "60 layers: run true, later", Against: plain, Most: 1},
	{Measure: "app: commit of a changed file, wall", Against: plain, Most: 1.1},
	{Measure: "60 layers: find, cold", Against: plain, Most: 0.4},
	{Measure: "60 layers: 20,000 failed lookups", Against: plain, Most: 0.05},
	{Measure: "60 layers: 20,000 failed lookups, directories of all layers", Against: plain, Most: 0.05},
	{Measure: "app: slab of the containers", Against: plain, Most: 1},
}

// charted are the measures of the chart that have no aim.
var charted = []string{
	"base: pull, wall", "60 layers: pull, wall", "app: disk, bytes", "app: disk, inodes", "app: read all files, cold",
	"app: read all files, warm", "60 layers: 20,000 failed lookups, search paths", "app: image mount, later", "app: run true, later", "app: remove, wall", "family: next versions, wall",
}
