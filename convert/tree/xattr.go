package tree

import (
	"slices"
	"strings"
)

// Xattr is one extended attribute. Values are bytes, kept in a string because
// they are immutable and often shared.
type Xattr struct{ Name, Value string }

// Xattrs is a set of extended attributes sorted by full name in byte order.
// Its methods never change the set they are called on, so inodes may share one.
type Xattrs []Xattr

// Get returns the value of the named attribute.
func (x Xattrs) Get(name string) (value string, ok bool) {
	i, ok := x.find(name)
	if !ok {
		return "", false
	}
	return x[i].Value, true
}

// With returns a set in which name has the given value.
func (x Xattrs) With(name, value string) Xattrs {
	i, ok := x.find(name)
	if ok {
		x = slices.Clone(x)
		x[i].Value = value
		return x
	}
	return slices.Insert(slices.Clip(x), i, Xattr{name, value})
}

// Without returns a set that lacks name.
func (x Xattrs) Without(name string) Xattrs {
	i, ok := x.find(name)
	if !ok {
		return x
	}
	return slices.Concat(x[:i], x[i+1:])
}

func (x Xattrs) find(name string) (int, bool) {
	return slices.BinarySearchFunc(x, name, func(a Xattr, name string) int {
		return strings.Compare(a.Name, name)
	})
}
