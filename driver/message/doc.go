// Package message rewrites errors for users: with paths that they know and commands that help.
package message
