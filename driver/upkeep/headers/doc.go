// Package headers reads the tar headers of layers from their tar-splits, for facts that layer
// images lack.
package headers
