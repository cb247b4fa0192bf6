#!/bin/sh
# Fetch the C mkcomposefs 1.0.8 from Debian (forky has it, bookworm does not) into
# .cache/c-mkcomposefs, with the libraries it needs, and print the path of a script
# that runs it. Nothing is installed on the host.
set -eu
cd "$(dirname "$0")/.."
cache=$PWD/.cache/c-mkcomposefs
run=$cache/mkcomposefs
if [ ! -x "$run" ]; then
	rm -rf "$cache"
	mkdir -p "$cache/lists/partial" "$cache/archives/partial" "$cache/root"
	awk -v RS= -v ORS='\n\n' '!/debian-security/ { sub(/Suites:[^\n]*/, "Suites: forky"); print }' \
		/etc/apt/sources.list.d/debian.sources >"$cache/forky.sources"
	set -- -o Dir::Etc::sourcelist="$cache/forky.sources" -o Dir::Etc::sourceparts=/dev/null \
		-o Dir::State::lists="$cache/lists" -o Dir::Cache="$cache" -o APT::Sandbox::User=root
	apt-get -qq "$@" update >&2
	(cd "$cache" && apt-get -qq "$@" download composefs libcomposefs1 libc6 libssl3t64 libzstd1 zlib1g >&2)
	for deb in "$cache"/*.deb; do dpkg -x "$deb" "$cache/root"; done
	lib=$cache/root/usr/lib/x86_64-linux-gnu
	cat >"$run" <<END
#!/bin/sh
exec $lib/ld-linux-x86-64.so.2 --argv0 mkcomposefs --library-path $lib $cache/root/usr/bin/mkcomposefs "\$@"
END
	chmod +x "$run"
fi
echo "$run"
