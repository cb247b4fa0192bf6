//go:build graft

package main

import (
	graphdriver "github.com/containers/storage/drivers"

	"github.com/composefs-storage/composefs-storage/driver"
)

func init() { graphdriver.Replace("overlay", driver.Init) }
