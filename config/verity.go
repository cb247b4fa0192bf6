package config

import "fmt"

// Verity is the use of fs-verity: the key verity in composefs.conf.
type Verity uint8

const (
	// VerityTry enables and checks fs-verity if the file system and the kernel support it. It is
	// the default.
	VerityTry Verity = iota
	// VerityOff neither enables nor checks fs-verity.
	VerityOff
	// VerityRequire refuses to work if fs-verity cannot be enabled and checked.
	VerityRequire
)

// verityNames are the values in composefs.conf.
var verityNames = [...]string{VerityTry: "try", VerityOff: "off", VerityRequire: "require"}

// String returns the value in composefs.conf.
func (v Verity) String() string {
	if int(v) < len(verityNames) {
		return verityNames[v]
	}
	return fmt.Sprintf("Verity(%d)", uint8(v))
}
