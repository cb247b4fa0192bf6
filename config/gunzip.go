package config

// Gunzip is the library that decompresses gzip in a pull: the key gunzip in composefs.conf.
type Gunzip uint8

const (
	// GunzipAuto is ISA-L if the program is built with it. It is the default.
	GunzipAuto Gunzip = iota
	// GunzipGo is klauspost/compress, to find out whether ISA-L is the reason of a fault.
	GunzipGo
)

// gunzipNames are the values in composefs.conf.
var gunzipNames = [...]string{GunzipAuto: "auto", GunzipGo: "go"}

// String returns the value in composefs.conf.
func (g Gunzip) String() string { return gunzipNames[g] }
