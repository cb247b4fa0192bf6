package catalog

import "strings"

// reference is a parsed name of an image.
type reference struct {
	repo        string // as in docker.io/library/busybox
	tag, digest string // one of them is empty
}

// parseReference parses REPO, REPO:TAG, REPO@DIGEST or REPO:TAG@DIGEST. It ignores the tag of the
// last form.
func parseReference(name string) reference {
	repo, digest, digested := strings.Cut(name, "@")
	tag := "latest"
	if colon := strings.LastIndexByte(repo, ':'); colon > strings.LastIndexByte(repo, '/') {
		repo, tag = repo[:colon], repo[colon+1:]
	}
	if digested {
		tag = ""
	}
	return reference{repo, tag, digest}
}

// short reports whether the name has no registry. The first part of a name is a registry if it
// contains a dot or a port, or is localhost.
func (r reference) short() bool {
	first, _, more := strings.Cut(r.repo, "/")
	return !more || !strings.ContainsAny(first, ".:") && first != "localhost"
}

// expand returns the repositories for which the name stands, without any configuration.
func (r reference) expand() []string {
	if r.short() {
		return []string{"localhost/" + r.repo, "docker.io/" + r.repo, "docker.io/library/" + r.repo}
	}
	list := []string{r.repo}
	if rest, ok := strings.CutPrefix(r.repo, "docker.io/"); ok {
		list = append(list, "docker.io/library/"+rest)
	}
	return list
}

// isManifest reports whether a key of big data is that of a manifest.
// Source: bigDataNameIsManifest in images.go of containers/storage.
func isManifest(name string) bool { return strings.HasPrefix(name, "manifest") }
