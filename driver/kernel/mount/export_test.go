package mount

// Kernel contains the abilities of the kernel, for tests that emulate an older one.
type Kernel struct{ LayerByLayer, LayerFiles, Detached bool }

// Pretend makes the kernel look like k to this package, until restore is called.
func Pretend(k Kernel) (restore func()) {
	old := abilities
	abilities = func() kernel { return kernel{k.LayerByLayer, k.LayerFiles, func() bool { return k.Detached }} }
	return func() { abilities = old }
}
