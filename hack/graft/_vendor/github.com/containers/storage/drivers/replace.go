package graphdriver

import "fmt"

// Replace puts init in the place of the driver that is registered as name. It is
// for init functions of main packages, which run when all drivers have registered
// themselves; it panics if there is no such driver.
func Replace(name string, init InitFunc) {
	if _, ok := drivers[name]; !ok {
		panic(fmt.Sprintf("no graph driver %q to replace", name))
	}
	drivers[name] = init
}
