package catalog

import "strings"

// reference is the name of an image in its parts.
type reference struct {
	repo        string // as in docker.io/library/busybox
	tag, digest string // one of them is empty
}

// parseReference takes a name apart: REPO, REPO:TAG, REPO@DIGEST or REPO:TAG@DIGEST,
// of which the tag is ignored.
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

// short reports whether the name has no registry: its first part is none if it has no
// dot and no port and is not localhost.
func (r reference) short() bool {
	first, _, more := strings.Cut(r.repo, "/")
	return !more || !strings.ContainsAny(first, ".:") && first != "localhost"
}

// expand returns the repositories for which the name stands without any configuration.
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

// isManifest reports whether a file that an image keeps is a manifest, by its name.
// Source: bigDataNameIsManifest in images.go of containers/storage.
func isManifest(name string) bool { return strings.HasPrefix(name, "manifest") }
