#!/bin/sh
# Check that the go command can build this project. "make" runs it before it installs or builds
# anything. GO is the go command, OS_RELEASE a file like os-release(5), and CERTIFICATES those that
# the machine trusts.
set -eu
cd "$(dirname "$0")/.."
go=${GO:-go}
want=$(sed -n 's/^go //p' go.mod)
release=$(. "${OS_RELEASE:-/etc/os-release}" 2>/dev/null && echo "${VERSION_CODENAME:-}") || release=

# fail MESSAGE
fail() {
	printf 'error: %s\nhint: ' "$1" >&2
	case $release in
	bookworm)
		cat >&2 <<-'END'
			install, as root, a Go that downloads the newer one by itself:
			  echo deb http://deb.debian.org/debian bookworm-backports main >/etc/apt/sources.list.d/backports.list
			  apt-get update && apt-get install -t bookworm-backports golang-go ca-certificates
		END
		;;
	trixie | forky | sid) echo "install it as root: apt-get update && apt-get install golang-go" >&2 ;;
	*) echo "install Go $want or newer: https://go.dev/dl" >&2 ;;
	esac
	exit 1
}

command -v "$go" >/dev/null || fail "Go is missing: the build needs Go $want or newer"
# Since Go 1.21, the first use of any go command here downloads the Go that go.mod asks for.
if ! version=$("$go" version 2>&1); then
	printf '%s\n' "$version" >&2
	have=$(GOTOOLCHAIN=local "$go" version | sed 's/^go version go//; s/ .*//')
	case $version in
	*x509:*)
		if [ -e "${CERTIFICATES:-/etc/ssl/certs/ca-certificates.crt}" ]; then
			printf 'error: Go %s cannot download Go %s: its certificate is not trusted\n' "$have" "$want" >&2
			echo "hint: put that of your proxy into /usr/local/share/ca-certificates, then as root: update-ca-certificates" >&2
		else
			printf 'error: Go %s cannot download Go %s: certificates are missing\n' "$have" "$want" >&2
			echo "hint: as root: apt-get install ca-certificates" >&2
		fi
		exit 1
		;;
	esac
	printf 'error: Go %s cannot download Go %s, which the build needs\n' "$have" "$want" >&2
	echo "hint: it does so once: check the network, or install Go $want: https://go.dev/dl" >&2
	exit 1
fi
have=$(echo "$version" | sed -n 's/^go version \(devel \)\{0,1\}go\([0-9.]*\).*/\2/p')
printf '%s\n' "$want" "$have" | sort -VC || fail "Go $have is too old: the build needs Go $want or newer"
