#!/bin/sh
# usage: implied.sh REGISTRY
#
# Push REGISTRY/implied, an image of two layers. The first one has the directory d of owner 1000 with
# mode 0700; the second one has the entry d/sub/new only, and none for d and d/sub.
set -e
dir=$(mktemp -d); cd "$dir"
mkdir -p image/blobs/sha256 d/sub
chmod 700 d
echo a >d/a; echo new >d/sub/new; ln -s a d/link; mkfifo d/fifo
touch -h -d @1600000000 d/a d/sub/new d/link d/fifo
tar -cf layer1 --owner=1000 --group=1000 d/
rm -f d/a; tar -cf layer2 --owner=0 --group=0 d/sub/new   # no entries for d and d/sub
add() { # FILE: put it among the blobs, print its digest and size
	set -- "$1" "$(sha256sum <"$1" | cut -d' ' -f1)"
	cp "$1" "image/blobs/sha256/$2"; echo "\"digest\":\"sha256:$2\",\"size\":$(wc -c <"$1")"
}
diffs= layers=
for l in layer1 layer2; do
	diffs="$diffs,\"sha256:$(sha256sum <$l | cut -d' ' -f1)\""; gzip -n $l
	layers="$layers,{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\",$(add $l.gz)}"
done
echo "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[${diffs#,}]}}" >config
echo "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",$(add config)},\"layers\":[${layers#,}]}" >manifest
echo "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",$(add manifest)}]}" >image/index.json
echo '{"imageLayoutVersion":"1.0.0"}' >image/oci-layout
skopeo copy --dest-tls-verify=false "oci:$dir/image" "docker://$1/implied"
