//go:build !windows

package wsl
