package main

import "runtime/debug"

// release is the version of the project: the last release, or the next one with "-dev". The Makefile,
// CHANGELOG.md and the man pages name it, too.
const release = "v0.2.0-dev"

// version returns the release and the commit. The go command records the commit of a clone. Sources
// without a repository have none, such as those of a tarball.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return release
	}
	return release + commit(info.Settings)
}

// commit returns a "+" and the commit that the go command has recorded, or nothing.
func commit(settings []debug.BuildSetting) string {
	var revision, suffix string
	for _, s := range settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			suffix = "-dirty"
		}
	}
	if revision == "" {
		return ""
	}
	return "+" + revision[:min(12, len(revision))] + suffix
}
