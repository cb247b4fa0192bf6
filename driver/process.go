//go:build linux

package driver

import "sync"

// process is the state that the drivers of this process share, because containers/storage makes
// another driver after each Cleanup by another process. The package documentation lists the
// process-wide variables of the packages below.
var process struct {
	// warned contains the mount options that got a warning, as keys.
	warned sync.Map

	conversions conversions
}

// Converting is called when this process begins to convert downloads. It returns a function that is
// called when no conversion runs any more. A program uses it to save memory during conversions; the
// driver itself changes nothing of its process. The program sets it before it uses the driver.
var Converting = func() (end func()) { return func() {} }

// conversions counts the conversions that run. Its methods may be called concurrently.
type conversions struct {
	mutex   sync.Mutex
	running int
	end     func()
}

// begin counts a conversion until the function that it returns is called.
func (c *conversions) begin() (end func()) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.running++; c.running == 1 {
		c.end = Converting()
	}
	return func() {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		if c.running--; c.running == 0 {
			c.end()
		}
	}
}
