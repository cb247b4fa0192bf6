#!/bin/sh
# usage: copyimg.sh --root DIR [--image-name=NAME [--add-name=OTHER]] ...
#
# Take the place of the program copyimg of CRI-O's tests, for which TEMPLATE has a store with all images: make
# DIR a copy of it, or give the image NAME another name there.
set -eu
root='' name='' other='' before=''
for word; do
	[ "$before" != --root ] || root=$word
	case $word in
	--image-name=*) name=${word#*=} ;;
	--add-name=*) other=${word#*=} ;;
	esac
	before=$word
done
if [ ! -e "$root/overlay-images" ]; then
	mkdir -p "$root"
	cp -a "$TEMPLATE/." "$root"
fi
[ -n "$other" ] || exit 0
images=$root/overlay-images
jq -c --arg name "$name" --arg other "$other" 'map(if .names | index($name) then .names += [$other] else . end)' "$images/images.json" >"$images/new"
mv "$images/new" "$images/images.json"
head -c 64 /dev/urandom >"$images/images.lock" # so that CRI-O reads it again
