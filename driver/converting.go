//go:build linux

package driver

import "sync"

// Converting is called when this process begins to convert layers that it downloads, and
// what it returns when no layer is being converted any more. It is for a program that wants
// to spend less memory meanwhile: the driver changes nothing of its process. It is set
// before the driver is used.
var Converting = func() (end func()) { return func() {} }

// converting are the layers that are converted at a time.
var converting struct {
	sync.Mutex
	layers int
	end    func()
}

// beginConverting counts a layer that is converted until the function that it returns is
// called.
func beginConverting() (end func()) {
	converting.Lock()
	defer converting.Unlock()
	if converting.layers++; converting.layers == 1 {
		converting.end = Converting()
	}
	return func() {
		converting.Lock()
		defer converting.Unlock()
		if converting.layers--; converting.layers == 0 {
			converting.end()
		}
	}
}
