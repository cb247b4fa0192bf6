// Package files has file operations that package os lacks. Errors name the file.
package files
