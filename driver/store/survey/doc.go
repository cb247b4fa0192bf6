// Package survey measures stores: layers and their objects, pools, and merged images.
//
// It takes no locks and writes nothing. In a store that other processes change, each part of a
// result may be from a different moment.
package survey
