# Sourced with an architecture of Debian: set $triplet, as compilers name it, or end.
case $1 in
arm64) triplet=aarch64-linux-gnu ;;
s390x) triplet=s390x-linux-gnu ;;
*)
	echo "error: architecture $1 is unknown; there are: arm64 s390x" >&2
	echo "hint: without ARCH, make builds for this machine" >&2
	exit 2
	;;
esac
