//go:build !windows
// +build !windows

package win32
