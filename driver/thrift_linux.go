package driver

import (
	"runtime/debug"
	"sync"
)

// thriftPercent is how much garbage may pile up while layers are converted, of what is in
// use. 100 is what programs start with. Buffers, trees and images of several layers are in
// use at a time and garbage soon, so that half as much takes a seventh off the peak memory
// of a pull, and hardly any time.
const thriftPercent = 50

// thrift is what all layers share that are converted at a time.
var thrift struct {
	sync.Mutex
	layers int
	before int // percent
}

// beThrifty lets less garbage pile up until the function that it returns is called. A
// program that has asked for less is left alone, and so is one that turns this off.
func beThrifty() (end func()) {
	thrift.Lock()
	defer thrift.Unlock()
	if thrift.layers++; thrift.layers == 1 {
		thrift.before = setPercent(thriftPercent, func(now int) bool { return now > thriftPercent })
	}
	return func() {
		thrift.Lock()
		defer thrift.Unlock()
		if thrift.layers--; thrift.layers == 0 {
			setPercent(thrift.before, func(now int) bool { return now == thriftPercent })
		}
	}
}

// setPercent sets the percentage if the one of now is to be replaced, and returns that.
func setPercent(percent int, replaced func(now int) bool) (now int) {
	if now = debug.SetGCPercent(percent); !replaced(now) {
		debug.SetGCPercent(now)
	}
	return now
}
