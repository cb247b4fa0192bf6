package config

// Decompress is the library that decompresses layers in a pull: the key decompress in composefs.conf.
type Decompress uint8

const (
	// DecompressAuto is the C library of each format if the program is built with it. It is the default.
	DecompressAuto Decompress = iota
	// DecompressGo is klauspost/compress, to find out whether a C library is the reason of a fault.
	DecompressGo
)

// decompressNames are the values in composefs.conf.
var decompressNames = [...]string{DecompressAuto: "auto", DecompressGo: "go"}

// String returns the value in composefs.conf.
func (d Decompress) String() string { return decompressNames[d] }
