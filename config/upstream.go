package config

// Upstream are the rules of the containers/storage that this module is built with. This file differs
// between the trees that hack/upstreams makes.
const Upstream = OneFile
