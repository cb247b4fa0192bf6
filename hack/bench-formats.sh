#!/bin/sh
# usage: bench-formats.sh [ROUNDS]
#
# Measure one tree of files as squashfs, EROFS, composefs and overlay, nine rounds by default, and print a
# table of the medians for docs/bootable.md. All files are on an ext4 disk of their own, in a file that the kernel
# has to read anew before each cold figure. The tree is a Debian by debootstrap, its second version has curl
# too. Both are kept in WORK.
set -eu
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "error: mounts need root: sudo make bench-formats" >&2; exit 1; }
if [ "${BENCH_FORMATS:-}" != inside ]; then
	for tool in debootstrap:debootstrap mksquashfs:squashfs-tools mkfs.erofs:erofs-utils mkfs.ext4:e2fsprogs; do
		command -v "${tool%:*}" >/dev/null || packages="${packages:-} ${tool#*:}"
	done
	if [ -n "${packages:-}" ]; then
		apt-get update -qq
		# shellcheck disable=SC2086 # one word for each package
		DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $packages >/dev/null
	fi
	BENCH_FORMATS=inside exec unshare --mount "$0" "$@"
fi
rounds=${1:-9}
project=$PWD
work=${WORK:-$project/.cache/formats}
suite=trixie
formats='squashfs-gzip squashfs-zstd erofs erofs-lz4 erofs-lz4hc composefs overlay'
mkdir -p "$work"
cd "$work"

# The trees.
if [ ! -e v2.made ]; then
	rm -rf v1 v2 .v1
	echo "making the trees in $work" >&2
	debootstrap --variant=minbase "$suite" .v1 >/dev/null
	chroot .v1 apt-get clean
	rm -rf .v1/var/lib/apt/lists/*
	mv .v1 v1
	cp -a v1 v2
	touch v2.begun
	chroot v2 sh -c 'apt-get update && apt-get install -y --no-install-recommends curl && apt-get clean' >/dev/null 2>&1
	rm -rf v2/var/lib/apt/lists/*
	touch v2.made
fi

# The disk.
disk=$work/disk mnt=$work/mnt
rm -f "$disk"
truncate -s 3G "$disk"
mkfs.ext4 -q -E lazy_itable_init=0,lazy_journal_init=0 "$disk"
mkdir -p "$mnt"
mount -o loop "$disk" "$mnt"
figures=$(mktemp)
trap 'umount -R "$mnt"; rm -f "$disk" "$figures"' EXIT
mkdir "$mnt/files" "$mnt/at" "$mnt/upper" "$mnt/work"

# cold empties the caches of the disk.
cold() {
	umount "$mnt"
	dd of="$disk" oflag=nocache conv=notrunc,fdatasync count=0 status=none
	mount -o loop "$disk" "$mnt"
}

# build FORMAT VERSION writes the files of a format.
build() {
	case $1 in
	squashfs-*) mksquashfs "../../$2" "$2" -comp "${1#squashfs-}" -noappend -quiet -no-progress >/dev/null ;;
	erofs) mkfs.erofs --quiet "$2" "../../$2" ;;
	erofs-*) mkfs.erofs --quiet "-z${1#erofs-}" "$2" "../../$2" ;;
	composefs) "$project/bin/mkcomposefs" --hard-links --digest-store=objects "../../$2" "$2" ;;
	overlay) cp -a "../../$2" . ;;
	esac
	sync -f .
}

# show FORMAT mounts the first version.
show() {
	case $1 in
	squashfs-*) mount -t squashfs -o ro,loop files/v1 at ;;
	erofs*) mount -t erofs -o ro,loop files/v1 at ;;
	composefs) "$project/bin/mount.composefs" -o "basedir=$mnt/files/objects" files/v1 at ;;
	overlay) mount -t overlay -o "lowerdir=files/v1,upperdir=upper,workdir=work" overlay at ;;
	esac
}

# timed FORMAT FIGURE COMMAND... notes the milliseconds that a command takes.
timed() {
	format=$1 figure=$2
	shift 2
	begin=$(date +%s%N)
	"$@"
	echo "$format $figure $((($(date +%s%N) - begin) / 1000000))" >>"$figures"
}

find_all() { find "$mnt/at" -printf '%s %m\n' >/dev/null; }
read_all() { find "$mnt/at" -type f -print0 | xargs -0 cat >/dev/null; }
in_files() { (cd "$mnt/files" && "$@"); }
in_disk() { (cd "$mnt" && "$@"); }
bytes() { du -sB1 "$mnt/files" | cut -f 1; }

# note FORMAT FIGURE VALUE
note() { echo "$*" >>"$figures"; }

for round in $(seq "$rounds"); do
	for f in $formats; do
		rm -rf "$mnt/files" "$mnt/upper" "$mnt/work"
		mkdir "$mnt/files" "$mnt/upper" "$mnt/work"
		empty=$(bytes)
		timed "$f" build in_files build "$f" v1
		note "$f" size $(($(bytes) - empty))
		cold
		timed "$f" mount in_disk show "$f"
		timed "$f" find find_all
		umount "$mnt/at"
		cold
		in_disk show "$f"
		timed "$f" read read_all
		umount "$mnt/at"
		if [ "$round" = 1 ]; then
			first=$(bytes)
			case $f in
			overlay) note "$f" second "$(cd v2 && find . -xdev -type f -newercm ../v2.begun -printf '%b\n' | awk '{ n += 512 * $1 } END { print n }')" ;;
			*) in_files build "$f" v2 && note "$f" second $(($(bytes) - first)) ;;
			esac
		fi
	done
	echo "round $round of $rounds" >&2
done

# median FORMAT FIGURE
median() { awk -v f="$1" -v g="$2" '$1 == f && $2 == g { print $3 }' "$figures" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
megabytes() { awk -v n="$1" 'BEGIN { printf "%.1f MB", n / 1e6 }'; }
seconds() { awk -v n="$1" 'BEGIN { printf n < 1000 ? "%.0f ms" : "%.1f s", n < 1000 ? n : n / 1000 }'; }
{
	echo '| format | size | build | mount | find, cold | read, cold | second version adds |'
	echo '|---|--:|--:|--:|--:|--:|--:|'
	for f in $formats; do
		case $f in
		squashfs-*) name="squashfs, ${f#*-}" ;;
		erofs-*) name="EROFS, ${f#*-}" ;;
		erofs) name='EROFS, not compressed' ;;
		composefs) name='composefs: objects and merged image' ;;
		overlay) name='overlay: a directory' ;;
		esac
		echo "| $name | $(megabytes "$(median "$f" size)") | $(seconds "$(median "$f" build)") | $(seconds "$(median "$f" mount)") |" \
			"$(seconds "$(median "$f" find)") | $(seconds "$(median "$f" read)") | $(megabytes "$(median "$f" second)") |"
	done
	echo
	echo "Medians of $rounds rounds, $(nproc) processors, Linux $(uname -r | cut -d - -f 1), load average $(cut -d ' ' -f 3 /proc/loadavg) at the end."
	echo "Debian $suite by debootstrap, $(find v1 | wc -l) files; $(dpkg-query -W -f '${Package} ${Version}, ' squashfs-tools erofs-utils | sed 's/, $//')."
} | tee results.md
