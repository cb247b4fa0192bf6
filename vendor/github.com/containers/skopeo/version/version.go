package version

// Version is the version of the build.
const Version = "1.19.0"
