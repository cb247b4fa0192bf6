// Package warn logs warnings about new layers that work in containers but fail in other uses.
package warn
