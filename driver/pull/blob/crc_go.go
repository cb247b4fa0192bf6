//go:build !isal || !cgo

package blob

// updateCRC is [updateInGo].
func updateCRC(crc uint64, p []byte) uint64 { return updateInGo(crc, p) }
