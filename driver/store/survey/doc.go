// Package survey measures what stores have: layers and their objects, pools, and the
// images that chains are merged to.
//
// It takes no locks, makes nothing and changes nothing, so what it says of a store that
// is in use was true at some time or other for each part.
package survey
