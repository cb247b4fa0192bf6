// Package warn logs warnings about new layers that work now and will cause trouble later.
package warn
