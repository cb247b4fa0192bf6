# Sourced with an architecture of Debian: set $triplet and $machine, as compilers and readelf name it,
# or end.
case $1 in
arm64) triplet=aarch64-linux-gnu machine=AArch64 ;;
s390x) triplet=s390x-linux-gnu machine='IBM S/390' ;;
*)
	echo "error: architecture $1 is unknown; there are: arm64 s390x" >&2
	echo "hint: without ARCH, make builds for this machine" >&2
	exit 2
	;;
esac
