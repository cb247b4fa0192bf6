#!/bin/sh
# Start a registry on loopback, and push the images that podman's tests name: stand-ins
# with Debian's busybox for what test/system/build-testimage makes of Alpine. Stock podman
# makes them, in a store that is not the one of the tests.
set -eu
cat >/mnt/registry.yml <<END
version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: /mnt/registry}}
http: {addr: "127.0.0.1:5000"}
END
/mnt/docker-registry serve /mnt/registry.yml >/mnt/registry.log 2>&1 &

build=/mnt/images
rootfs=$build/rootfs
mkdir -p $rootfs/bin $rootfs/etc $rootfs/home/podman $rootfs/root $rootfs/var/tmp $rootfs/usr/bin $rootfs/usr/sbin $rootfs/sbin \
	$rootfs/dev $rootfs/proc $rootfs/sys $rootfs/run $rootfs/srv $rootfs/opt $rootfs/mnt $rootfs/media $rootfs/lib
mkdir -m 1777 $rootfs/tmp
chmod 1777 $rootfs/var/tmp
chmod 700 $rootfs/root
cp "$(command -v busybox)" $rootfs/bin/busybox
for applet in $(busybox --list-full); do
	case $applet in
	linuxrc | *busybox) ;;
	*) ln -sf /bin/busybox "$rootfs/$applet" ;;
	esac
done
ln $rootfs/bin/busybox $rootfs/bin/busybox-extras
head -c 9500000 /dev/urandom >$rootfs/lib/filler # tests know the size that Alpine has
# Debian's busybox has no printenv.
cat >$rootfs/bin/printenv <<'END'
#!/bin/sh
if [ $# = 0 ]; then
	tr '\0' '\n' </proc/$$/environ
	exit
fi
missing=0
for name; do
	line=$(tr '\0' '\n' </proc/$$/environ | grep "^$name=") && echo "${line#*=}" || missing=1
done
exit $missing
END
chmod 755 $rootfs/bin/printenv
ln -s ../proc/mounts $rootfs/etc/mtab
echo 3.20.3 >$rootfs/etc/alpine-release
cat >$rootfs/etc/os-release <<END
NAME="Alpine Linux"
ID=alpine
VERSION_ID=3.20.3
PRETTY_NAME="Alpine Linux v3.20"
END
cat >$rootfs/etc/passwd <<END
root:x:0:0:root:/root:/bin/sh
bin:x:1:1:bin:/bin:/sbin/nologin
daemon:x:2:2:daemon:/sbin:/sbin/nologin
adm:x:3:4:adm:/var/adm:/sbin/nologin
lp:x:4:7:lp:/var/spool/lpd:/sbin/nologin
sync:x:5:0:sync:/sbin:/bin/sync
shutdown:x:6:0:shutdown:/sbin:/sbin/shutdown
halt:x:7:0:halt:/sbin:/sbin/halt
mail:x:8:12:mail:/var/mail:/sbin/nologin
games:x:35:35:games:/usr/games:/sbin/nologin
nobody:x:65534:65534:nobody:/:/sbin/nologin
END
cat >$rootfs/etc/group <<END
root:x:0:root
bin:x:1:root,bin,daemon
daemon:x:2:root,bin,daemon
sys:x:3:root,bin
adm:x:4:root,daemon
tty:x:5:
disk:x:6:root
lp:x:7:lp
wheel:x:10:root
mail:x:12:mail
games:x:35:
users:x:100:games
nogroup:x:65533:
nobody:x:65534:
END
printf '127.0.0.1\tlocalhost\n' >$rootfs/etc/hosts
printf '/bin/sh\n/bin/ash\n' >$rootfs/etc/shells
for file in shadow services protocols profile motd issue fstab hostname; do echo "# stand-in" >$rootfs/etc/$file; done

# The small scripts and the time stamp are those of build-testimage, where it is.
cd $rootfs/home/podman
echo 20241011 >testimage-id
touch --date=@1600000000 testimage-id
for script in pause healthcheck bytecheck; do
	[ -e /mnt/suite/build-testimage ] || continue
	awk -v name="$script" '
		!inside && $1 == "cat" && $2 == ">" name { quoted = /'"'"'EOF/; inside = 1; next }
		inside && $0 == "EOF" { exit }
		inside { if (!quoted) gsub(/\\\$/, "$"); print }' /mnt/suite/build-testimage >$script
	chmod 755 $script
done

cd $build
cat >Containerfile1 <<END
FROM scratch
COPY rootfs /
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
END
cat >Containerfile2 <<END
FROM localhost/interim-image
LABEL created_by=test/system/build-testimage
LABEL created_at=2024-10-11T00:00:00Z
WORKDIR /home/podman
CMD ["/bin/echo", "This container is intended for podman CI testing"]
END
podman() {
	env CONTAINERS_STORAGE_CONF=$build/storage.conf /mnt/podman-images --root $build/root --runroot $build/run --tmpdir $build/tmp "$@"
}
printf '[storage]\ndriver = "overlay"\n' >$build/storage.conf
for arch in amd64 arm64 ppc64le s390x; do
	# Twice, since the images must look old, and testimage-id keep its time.
	podman build -q --arch $arch -f Containerfile1 -t localhost/interim-image . >&2
	podman build -q --arch $arch -f Containerfile2 --timestamp 1728604800 --manifest localhost/list . >&2
	podman build -q --arch $arch -f Containerfile2 --timestamp 1628604800 --manifest localhost/zero . >&2
	podman rmi -f localhost/interim-image >/dev/null
done
for name in list:testimage:20241011 zero:testimage:00000004 zero:testimage:multiimage zero:alpine:latest zero:busybox:latest zero:k8s-pause:3.5 \
	zero:systemd-image:20240124; do
	podman manifest push -q --all --tls-verify=false "localhost/${name%%:*}" "docker://127.0.0.1:5000/libpod/${name#*:}" >&2
done

# 330-corrupt-images names Alpine by its digests.
corrupt=/mnt/suite/330-corrupt-images.bats
if [ -e $corrupt ]; then
	alpine=docker://127.0.0.1:5000/libpod/alpine:latest
	digest=$(skopeo inspect --tls-verify=false --format '{{.Digest}}' $alpine)
	id=$(skopeo inspect --tls-verify=false --raw "$(echo $alpine | sed 's/:latest$//')@$(skopeo inspect --tls-verify=false --raw $alpine |
		jq -r '.manifests[] | select(.platform.architecture == "amd64") | .digest')" | jq -r .config.digest)
	sed -i -E "s/^(PODMAN_CORRUPT_TEST_IMAGE_CANONICAL_FQIN=.*@).*/\1$digest/; s/^(PODMAN_CORRUPT_TEST_IMAGE_ID=).*/\1${id#sha256:}/" $corrupt
fi

# What 150-login starts: the registry itself.
mkdir -p server/etc/docker/registry server/bin server/lib server/lib64 server/var/lib/registry
cp /mnt/docker-registry server/bin/registry
for lib in $(ldd /mnt/docker-registry | grep -o '/[^ ]*'); do cp --parents "$lib" server; done
cat >server/etc/docker/registry/config.yml <<END
version: 0.1
storage: {filesystem: {rootdirectory: /var/lib/registry}, delete: {enabled: true}}
http: {addr: ":5000"}
END
printf 'FROM scratch\nCOPY server /\nENTRYPOINT ["/bin/registry", "serve"]\nCMD ["/etc/docker/registry/config.yml"]\nEXPOSE 5000\n' >Containerfile.server
podman build -q -f Containerfile.server -t localhost/server . >&2
podman push -q --tls-verify=false localhost/server docker://127.0.0.1:5000/libpod/registry:2.8.2 >&2
podman rmi -a -f >/dev/null
rm -rf $build
