package config

import "fmt"

// Verity says how fs-verity is used: the key verity in composefs.conf.
type Verity uint8

const (
	// VerityTry enables and checks fs-verity where file system and kernel have it.
	// It is the default.
	VerityTry Verity = iota
	// VerityOff neither enables nor checks fs-verity.
	VerityOff
	// VerityRequire refuses to work where fs-verity cannot be enabled and checked.
	VerityRequire
)

// verityNames holds the values' spellings in composefs.conf.
var verityNames = [...]string{VerityTry: "try", VerityOff: "off", VerityRequire: "require"}

// String returns the value's spelling in composefs.conf.
func (v Verity) String() string {
	if int(v) < len(verityNames) {
		return verityNames[v]
	}
	return fmt.Sprintf("Verity(%d)", uint8(v))
}

func parseVerity(value any) (Verity, bool) {
	for v, name := range verityNames {
		if value == name {
			return Verity(v), true
		}
	}
	return 0, false
}
