# Sourced by scripts that try podmans on stores below $work, in a mount namespace of their own. $bin has the
# programs of "make build podman podman-stock".

# unmount DIR: all that is mounted below it
unmount() { findmnt -rno TARGET | awk -v dir="$1/" 'index($0, dir) == 1' | sort -r | xargs -r umount -l; }

# The image: /bin is a link, the second layer deletes a file and replaces a directory.
context() {
	mkdir -p "$1/usr/bin" "$1/etc/dir" "$1/tmp"
	cp "$(command -v busybox)" "$1/usr/bin/busybox"
	for applet in sh cat chmod touch rm mkdir; do ln "$1/usr/bin/busybox" "$1/usr/bin/$applet"; done
	ln -s usr/bin "$1/bin"
	seq 30000 >"$1/etc/big"
	echo secret >"$1/etc/secret"
	touch "$1/etc/dir/old"
	printf 'FROM scratch\nCOPY . /\nRUN rm -r /etc/secret /etc/dir && mkdir /etc/dir && echo new >/etc/dir/new\n' >"$2"
}

# configure DIR USE_COMPOSEFS [CONVERT]: the files that podman reads. CONVERT has new layers converted; the
# default is USE_COMPOSEFS.
configure() {
	mkdir -p "$1/tmp"
	cat >"$1/storage.conf" <<-END
		[storage]
		driver = "overlay"
		graphroot = "$1/root"
		runroot = "$1/run"
		[storage.options.overlay]
		use_composefs = "$2"
		[storage.options.pull_options]
		enable_partial_images = "${3:-$2}"
		convert_images = "${3:-$2}"
	END
	cat tests/podman/conf/containers.conf - >"$1/containers.conf" <<-END
		containers.netns = "none"
		engine.events_logger = "none"
		engine.lock_type = "file"
		engine.tmp_dir = "$1/libpod"
		network.network_config_dir = "$1/networks"
	END
	echo '{"default": [{"type": "insecureAcceptAnything"}]}' >"$1/policy.json"
}

# with DIR PROGRAM ARGUMENTS...: run a podman on a store
with() {
	env -i HOME="$1" TMPDIR="$1/tmp" PATH="$work/bin:/usr/sbin:/usr/bin:/sbin:/bin" LC_ALL=C PODMAN_IGNORE_CGROUPSV1_WARNING=1 \
		CONTAINERS_CONF="$1/containers.conf" CONTAINERS_STORAGE_CONF="$1/storage.conf" "${@:2}"
}

# tree DIR: names, links and contents
tree() { (cd "$1" && find . -printf '%y %p %l\n' | sort && find . -type f -print0 | sort -z | xargs -0 sha256sum); }

# make_image builds the image with plain podman: $work/base.tar. $work/want is its tree, and $big the digest
# of a file. $work/bin has mkcomposefs, which stock podman needs with use_composefs on.
make_image() {
	mkdir "$work/bin"
	cp "$bin/composefs-storage" "$work/bin/mkcomposefs"
	context "$work/context" "$work/Containerfile"
	big=$(sha256sum <"$work/context/etc/big" | cut -d' ' -f1)
	configure "$work/plain" false
	local plain=(with "$work/plain" "$bin/podman-stock")
	"${plain[@]}" build -q --layers --network none --signature-policy "$work/plain/policy.json" \
		-t localhost/base -f "$work/Containerfile" "$work/context" >/dev/null
	"${plain[@]}" save -q -o "$work/base.tar" localhost/base
	tree "$("${plain[@]}" image mount localhost/base)" >"$work/want"
	"${plain[@]}" image unmount -a >/dev/null
}
