# "make help" lists the targets. All need Go, and say what to install if it is missing or old.
# "make deps" installs all else that is missing on Debian.

# "make TARGET UPSTREAM=podman-6.0" runs the target for another podman: hack/upstreams.

GO ?= go
ifneq ($(UPSTREAM),)
include hack/upstreams/upstream.mk
else
PREFIX ?= /usr/local
# mount(8) looks for mount.composefs in /sbin only, whatever PREFIX is, and that is
# /usr/sbin since Debian 12. One that is there stays: it is that of the C program.
MOUNTDIR ?= /usr/sbin
FUZZTIME ?= 30s
SERVICETIME ?= 10m
KILLS ?= 1000
FOR ?= test
LISTS ?= trixie-mistakes trixie bookworm-mistakes bookworm

# Programs for another architecture of Debian have a directory of their own: hack/cross.
ifdef ARCH
bin = bin/$(ARCH)
cross = hack/cross/run.sh $(ARCH)
emulate = hack/cross/emulate.sh $(ARCH)
# The build ID would depend on the path of the unpacked libraries.
cross_ldflags = -buildid=
else
bin = bin
endif

# "make deps" unpacks docker-registry there instead of installing it, which would
# start a service.
export PATH := $(PATH):$(CURDIR)/.cache/docker-registry/usr/bin

# Without the first two tags, containers/storage needs C headers of btrfs, and containers/image
# gpgme. With isal and libzstd, programs that may use C decompress layers by these libraries:
# driver/pull/decompress.
decompressors = $(strip $(call tag,libisal,isal) $(call tag,libzstd,libzstd))
tag = $(shell CGO_ENABLED=1 $(cross) pkg-config --exists $(1) 2>/dev/null && echo $(2))
export GOFLAGS = -tags=exclude_graphdriver_btrfs,containers_image_openpgp$(subst $(space),,$(addprefix $(comma),$(decompressors)))
comma = ,
space = $(subst ,, )

# podman and its stock twin differ in nothing but the grafts. apparmor and seccomp are
# what distributions build with; openpgp spares us the C library gpgme.
podman = github.com/containers/podman/v5/cmd/podman
podman_tags = apparmor containers_image_openpgp exclude_graphdriver_btrfs seccomp $(call tag,libsystemd,systemd) $(decompressors)
podman_flags = -trimpath -buildvcs=false -tags '$(podman_tags)'
compile = GO='$(GO)' CGO_ENABLED=1 $(cross) hack/compile.sh

# The other programs that use the store, of those that go.mod names; podman-testing is a tool of
# podman's tests, and pullevents one of ours.
tools = $(filter $(addprefix %/cmd/,buildah podman-testing skopeo containers-storage),$(shell sed 's/^tool//' go.mod)) \
	$(if $(programs),github.com/composefs-storage/composefs-storage/tests/pullevents)
podman tools: podman_tags += graft

# Programs that podman runs, and that do not use the store. podman looks for them beside its own
# directory, whatever PREFIX is. quadlet writes the path of podman into units.
rootlessport = github.com/containers/podman/v5/cmd/rootlessport
quadlet = github.com/containers/podman/v5/cmd/quadlet
quadlet_ldflags = -X github.com/containers/podman/v5/pkg/systemd/quadlet._binDir=$(PREFIX)/bin

# "podman version" prints this origin with our version, and the date of the commit as that of the
# build. Files of a tarball by "git archive" have the date of its commit. bin/composefs-storage has the
# same version from the go command.
release = $(shell sed -n 's/^const release = "\(.*\)"/\1/p' cmd/composefs-storage/version.go)
version = $(release)$(addprefix +,$(shell git describe --always --dirty --abbrev=12 --exclude='*' 2>/dev/null))
define = github.com/containers/podman/v5/libpod/define
commit_time = $(or $(SOURCE_DATE_EPOCH),$(shell git log -1 --format=%ct 2>/dev/null),$(shell stat -c %Y go.mod))
podman_ldflags = $(cross_ldflags) -X "$(define).buildOrigin=composefs-storage $(version)" -X $(define).buildInfo=$(commit_time) \
	-X github.com/containers/common/pkg/config.additionalHelperBinariesDir=$$BINDIR/../libexec/podman

# A tree for an upstream has no hack/upstreams. Its ./tests would check this repository's files once more,
# apart from the patches. An upstream without podman has no programs, and no tests of them. "make -n" does
# not run lines with $(make), as it does those with the name of make itself.
upstreams = $(patsubst hack/upstreams/%/go.mod,%,$(wildcard hack/upstreams/*/go.mod))
programs = $(if $(filter %/cmd/podman,$(shell sed 's/^tool//' go.mod)),podman rootlessport podman-stock tools tools-stock)
tested = $(if $(upstreams),./...,$(if $(programs),$(filter-out %/composefs-storage/tests,$(shell $(GO) list ./...)),$(library)))
library = ./driver/... ./tests/chunked ./tests/driver ./tests/graphtest ./tests/storageconf
# differs names tests that compare with a stock driver that does otherwise, with the reasons.
skipped = $(shell sed -n 's/^\(Test[A-Z][^ ]*\) .*/\1/p' hack/differs 2>/dev/null | paste -sd '|')
short = TestBuild|TestCheck|TestCommit|TestConvertLowerLayers|TestExportAndImport|TestRemoveImages|TestRunChanges|TestSaveAndLoad
make = $(MAKE)

# "make install" puts files below stage, whence hack/install.sh copies them to DESTDIR. installed
# lists them there, for "make uninstall".
stage = $(CURDIR)/.cache/stage
installed = $(PREFIX)/share/composefs-storage/installed
to_destdir = DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' hack/install.sh

.PHONY: help toolchain build initramfs-tool overlay has-podman podman rootlessport podman-stock tools tools-stock install install-tools uninstall dist demo test test-short test-all test-rootless test-race cover test-gofuse test-service test-kills test-fresh test-dist test-drop dist-check test-arm64 test-s390x cross-docs test-upstream upstream-docs test-podmans podmans-docs test-matrix matrix-docs mutants mutants-docs vet lint deps fuzz bench bench-docs bench-scale bench-formats bench-image bench-convert oracle test-vm test-boot test-selinux vendor vendor-check clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

toolchain:
	@GO='$(GO)' hack/toolchain.sh

build: toolchain ## build bin/composefs-storage, and links to it: mkcomposefs and mount.composefs
	CGO_ENABLED=0 $(cross) $(GO) build -trimpath -o $(bin)/composefs-storage ./cmd/composefs-storage
	ln -sf composefs-storage $(bin)/mkcomposefs
	ln -sf composefs-storage $(bin)/mount.composefs

initramfs-tool: toolchain ## build bin/initramfs/mount.composefs: mount.composefs alone, small enough for an initramfs
	CGO_ENABLED=0 $(cross) $(GO) build -trimpath -ldflags '-s -w' -o $(bin)/initramfs/mount.composefs ./cmd/mount.composefs

# Builds that run at the same time see the whole file, the old one or the new one.
overlay: toolchain
	mkdir -p .cache
	hack/graft/overlay.sh >.cache/overlay.json.$$$$ && mv .cache/overlay.json.$$$$ .cache/overlay.json || \
		{ rm -f .cache/overlay.json.$$$$; exit 1; }

has-podman: toolchain
	@[ -n '$(programs)' ] || { echo "error: this upstream is a library: go.mod names no podman" >&2; \
		echo "hint: make tools builds containers-storage; upstreams: hack/upstreams" >&2; exit 1; }

podman: has-podman overlay ## build bin/podman: podman with our driver
	$(compile) $(podman) $(bin)/podman $(podman_flags) -overlay .cache/overlay.json -ldflags '$(podman_ldflags)'

rootlessport: has-podman toolchain ## build bin/rootlessport: it forwards the ports of containers without root
	$(compile) $(rootlessport) $(bin)/rootlessport $(podman_flags)

podman-stock: has-podman toolchain ## build bin/podman-stock: the same podman without it, which judges ours
	$(compile) $(podman) $(bin)/podman-stock $(podman_flags)

tools: overlay ## build bin/buildah, skopeo, containers-storage and podman-testing: with our driver
	for tool in $(tools); do \
		$(compile) $$tool $(bin)/$${tool##*/} $(podman_flags) -overlay .cache/overlay.json || exit; done

tools-stock: toolchain ## build bin/stock/: the same tools without it
	for tool in $(tools); do $(compile) $$tool $(bin)/stock/$${tool##*/} $(podman_flags) || exit; done

.PHONY: crio crio-stock crio-tools kubernetes demo-kubernetes test-kubernetes kubernetes-docs
# CRI-O has modules of its own, and is built in the tree of an upstream: hack/upstreams/crio-1.34, or
# "make crio crio_upstream=crio-1.36".
crio_upstream = crio-1.34
crio = github.com/cri-o/cri-o/cmd/crio
crio_ldflags = $(cross_ldflags) -X github.com/cri-o/cri-o/internal/version.buildDate=$(shell date -u -d @$(commit_time) +%Y-%m-%dT%H:%M:%SZ)
ifneq ($(filter %/cmd/crio,$(shell sed 's/^tool//' go.mod)),)
crio: overlay ## build bin/crio: CRI-O with our driver, for Kubernetes
	$(compile) $(crio) $(bin)/crio $(podman_flags) -overlay .cache/overlay.json -ldflags '$(crio_ldflags)'

crio-stock: toolchain ## build bin/crio-stock: the same CRI-O without it, which judges ours
	$(compile) $(crio) $(bin)/crio-stock $(podman_flags) -ldflags '$(crio_ldflags)'
else
crio crio-stock: toolchain
	@[ -n '$(upstreams)' ] || { echo "error: CRI-O is not in the modules of this upstream" >&2; \
		echo "hint: make $@ builds it, without UPSTREAM" >&2; exit 1; }
	$(make) $@ UPSTREAM=$(crio_upstream)
	mkdir -p $(bin)
	ln -f .cache/upstreams/$(crio_upstream)/$(bin)/$@ $(bin)/$@
endif

.PHONY: install-crio
install-crio: crio ## install CRI-O with our driver under PREFIX, and what makes the unit crio.service start it
	rm -rf $(stage)
	install -D -t $(stage)$(PREFIX)/libexec/composefs-storage $(bin)/crio
	for unit in crio crio-wipe; do \
		install -d $(stage)$(PREFIX)/lib/systemd/system/$$unit.service.d && \
		sed 's,@PREFIX@,$(PREFIX),' hack/systemd/$$unit.service.d/50-composefs.conf.in \
			>$(stage)$(PREFIX)/lib/systemd/system/$$unit.service.d/50-composefs.conf || exit; done
	$(to_destdir) $(stage) $(installed)-crio

crio-tools: toolchain ## build bin/crictl, critest and pinns, which the tests of CRI-O need
	GO='$(GO)' hack/cri-tools/programs.sh $(bin)

kubernetes: toolchain ## build bin/kubernetes/: kubelet, kubectl, the API server and its companions, etcd
	GO='$(GO)' hack/kubernetes/programs.sh $(bin)/kubernetes

install: build podman rootlessport ## install under PREFIX: programs, man pages, documents, completions, systemd units, a sample storage.conf
	rm -rf $(stage)
	install -D -t $(stage)$(PREFIX)/bin $(bin)/podman $(bin)/composefs-storage
	ln -s composefs-storage $(stage)$(PREFIX)/bin/mkcomposefs
	ln -s podman $(stage)$(PREFIX)/bin/podmansh
	install -D -t $(stage)$(PREFIX)/libexec/podman $(bin)/rootlessport
	CGO_ENABLED=0 $(cross) $(GO) build -trimpath -o $(stage)$(PREFIX)/libexec/podman/quadlet -ldflags '$(quadlet_ldflags)' $(quadlet)
	for kind in system user; do \
		install -d $(stage)$(PREFIX)/lib/systemd/$$kind-generators && \
		ln -s $(PREFIX)/libexec/podman/quadlet $(stage)$(PREFIX)/lib/systemd/$$kind-generators/podman-$$kind-generator || exit; done
	install -d $(stage)$(MOUNTDIR)
	ln -s $(PREFIX)/bin/composefs-storage $(stage)$(MOUNTDIR)/mount.composefs
	GO='$(GO)' PREFIX='$(PREFIX)' hack/podman-files.sh $(stage)
	for section in 1 5 8; do \
		install -D -m 644 -t $(stage)$(PREFIX)/share/man/man$$section docs/*.$$section || exit; done
	install -D -m 644 -t $(stage)$(PREFIX)/share/composefs-storage docs/storage.conf docs/50-composefs.conf
	install -D -m 644 -t $(stage)$(PREFIX)/share/doc/composefs-storage docs/*.md docs/*.svg
	for dir in decisions examples upstream; do \
		install -D -m 644 -t $(stage)$(PREFIX)/share/doc/composefs-storage/$$dir docs/$$dir/* || exit; done
	install -d $(stage)$(PREFIX)/lib/systemd/system
	for unit in check gc metrics; do \
		sed 's,@PREFIX@,$(PREFIX),' hack/systemd/composefs-storage-$$unit.service.in \
			>$(stage)$(PREFIX)/lib/systemd/system/composefs-storage-$$unit.service || exit; done
	install -m 644 -t $(stage)$(PREFIX)/lib/systemd/system hack/systemd/*.timer
	install -d $(addprefix $(stage)$(PREFIX)/share/,bash-completion/completions zsh/site-functions fish/vendor_completions.d)
	$(emulate) $(bin)/composefs-storage completion bash >$(stage)$(PREFIX)/share/bash-completion/completions/composefs-storage
	$(emulate) $(bin)/composefs-storage completion zsh >$(stage)$(PREFIX)/share/zsh/site-functions/_composefs-storage
	$(emulate) $(bin)/composefs-storage completion fish >$(stage)$(PREFIX)/share/fish/vendor_completions.d/composefs-storage.fish
	$(to_destdir) $(stage) $(installed)

install-tools: tools := $(filter-out %/podman-testing %/pullevents,$(tools)) # those of the tests
install-tools: tools ## install buildah, skopeo and containers-storage with our driver under PREFIX too
	rm -rf $(stage)
	install -D -t $(stage)$(PREFIX)/bin $(bin)/buildah $(bin)/skopeo $(bin)/containers-storage
	$(to_destdir) $(stage) $(installed)-tools

uninstall: ## remove what "make install", "make install-tools" and "make install-crio" installed
	$(to_destdir) --remove $(installed) $(installed)-tools $(installed)-crio

# The packages have the version of the commit's time, until there is a release.
package_version = $(patsubst v%,%,$(release:-dev=~dev$(shell date -u -d @$(commit_time) +%Y%m%d%H%M%S)))
# CRI-O is packed for this architecture only, and, as composefs-boot, once for all upstreams of podman.
packs_crio = $(if $(ARCH),,$(upstreams))
dist: toolchain ## make packages of podman, CRI-O and composefs-boot for Debian and rpm-based distributions, and a source drop, in bin/dist; ARCH=arm64: in bin/arm64/dist
	hack/deps.sh dist
	$(if $(ARCH),hack/deps.sh $(ARCH))
	CGO_ENABLED=0 $(GO) -C hack/dist build -o ../../.cache/nfpm github.com/goreleaser/nfpm/v2/cmd/nfpm
	rm -rf .cache/dist
	$(MAKE) install DESTDIR=$(CURDIR)/.cache/dist/root PREFIX=/usr MOUNTDIR=/usr/sbin
	$(if $(packs_crio),$(MAKE) install-crio DESTDIR=$(CURDIR)/.cache/dist/crio PREFIX=/usr)
	$(if $(upstreams),$(MAKE) initramfs-tool && TOOL=$(bin)/initramfs/mount.composefs hack/boot/install.sh .cache/dist/boot)
	$(cross) env ARCH=$(or $(ARCH),$(shell $(GO) env GOARCH)) VERSION='$(package_version)' SOURCE_DATE_EPOCH=$(commit_time) \
		BOOT=$(if $(upstreams),.cache/dist/boot) CRIO=$(if $(packs_crio),.cache/dist/crio) CRIO_UPSTREAM=.cache/upstreams/$(crio_upstream) \
		hack/dist/dist.sh .cache/dist/root $(bin)/dist

deps: toolchain ## install what the tests need and is missing (root, Debian); FOR=podman: what podman needs
	hack/deps.sh $(FOR)

demo: toolchain ## pull an image with composefs and show what became of it; IMAGE=... for your own
	@hack/demo/demo.sh

demo-kubernetes: toolchain ## roll out an application on a cluster of three nodes, with plain overlay and with composefs (root, cgroup v1)
	@hack/demo/kubernetes.sh $(DEMO)

test: deps vet build $(programs) ## run all tests, podman's also as a user, and test-short for podman 6.0; as root the kernel is a judge too
	$(GO) test -timeout 30m $(if $(skipped),-skip '^($(skipped))$$') $(tested)
	$(GO) test -tags=purego ./convert/verity
	if command -v cc >/dev/null; then \
		CGO_ENABLED=1 $(GO) test -race ./convert ./convert/erofs ./convert/layer ./convert/objects ./convert/repository ./convert/scan ./convert/toc \
			-run 'Vectors|SameBytes|WriterFails|Concurrent|Scan|Ugly|Fails|Cancel' && \
		CGO_ENABLED=1 $(GO) test -race -short ./driver/...; fi
	if command -v qemu-aarch64 >/dev/null; then \
		CGO_ENABLED=0 GOARCH=arm64 $(GO) test -exec qemu-aarch64 ./config ./convert ./convert/erofs \
			-run '^Test(Vectors|SameBytes|OCI|Load|Merge$$)'; fi
	$(if $(upstreams),$(GO) test -timeout 60m ./tests/e2e -args -rootless)
	$(if $(upstreams),$(make) test-short UPSTREAM=podman-6.0)

test-short: deps vet build podman podman-stock ## run what UPSTREAM may break: the tests of the driver, and a few with podman
	$(GO) test ./driver/... ./tests/chunked ./tests/driver ./tests/graphtest ./tests/podman ./tests/storageconf
	$(GO) test ./tests ./tests/e2e -run '^(TestPatched|$(short))$$'

test-all: test ## run all tests, with each upstream (an hour or two)
	for upstream in $(upstreams); do $(make) test UPSTREAM=$$upstream || exit; done

test-rootless: deps build $(programs) ## run podman's tests as a user who may use FUSE, but those that need root
	$(GO) test -count=1 -timeout 60m ./tests/e2e -args -rootless

test-race: deps ## run all tests of convert and driver with the race detector, and those of tests/driver
	CGO_ENABLED=1 $(GO) test -race -timeout 60m ./convert/... ./driver/... ./tests/driver

cover: ## print the coverage of the driver by its own tests and tests/driver (root)
	GO='$(GO)' hack/cover.sh

test-gofuse: toolchain ## compare mounts of our FUSE server with those of one by the library go-fuse (root; needs the module proxy)
	CGO_ENABLED=0 $(GO) -C hack/gofuse test -count=1 .

test-service: deps build podman podman-stock ## use podman's REST service for SERVICETIME (default 10m), without our driver and with it
	$(GO) test -count=1 -timeout 0 -v ./tests/e2e -run TestService -args -service=$(SERVICETIME)

test-kills: deps build podman ## kill FUSE servers of images in use, and exports, KILLS times (default 1000)
	$(GO) test -count=1 -timeout 60m -v ./driver/kernel/fuse/holder -run 'TestKill$$' -args -kills=$(KILLS)
	$(GO) test -count=1 -timeout 60m -v ./tests/e2e -run 'Test(ServerKills|ExportKilled)$$' -args -kills=$(KILLS)

test-vm: deps build podman $(if $(upstreams),crio crio-tools) ## run podman and CRI-O in machines that have fs-verity and lose power; KERNEL=trixie-backports, VM=-cuts=5
	hack/vm/test.sh $(VM)

test-boot: deps build podman initramfs-tool ## boot a host from a container image in virtual machines, update it, tamper with it (root)
	hack/boot/test.sh $(BOOT)

test-selinux: deps build podman initramfs-tool ## boot a host whose image has an SELinux policy, permissive and enforcing (root)
	RUN=SELinux hack/boot/test.sh

test-fresh: ## try README's commands on fresh Debian 13 and 12 (root, an hour or two, 8 GB); LISTS=trixie
	hack/fresh/fresh.sh $(LISTS)

test-dist: dist ## try the packages on fresh Debian 13 and 12, in the place of their podman (root, 6 GB); ARCH=arm64: compare them with these
	$(if $(ARCH),hack/cross/packages.sh $(ARCH),hack/fresh/fresh.sh trixie-packages trixie-crio-packages bookworm-packages)

test-drop: dist ## build podman from its own sources and the source drop, and run the demo with it (root)
	hack/dist/try-source.sh bin/dist/*.tar.gz

dist-check: dist ## make the packages of the commit again, in another directory, and compare them
	hack/dist/reproduce.sh

test-upstream: deps podman podman-stock tools tools-stock ## run the suites of containers/storage and podman; SUITES=-help
	hack/upstream/run.sh $(SUITES)

upstream-docs: ## put what "make test-upstream" has found last into docs
	hack/upstream/docs.sh

test-podmans: deps build podman podman-stock ## try podmans of Debian on converted layers; PODMANS="trixie /usr/bin/podman"
	hack/podmans/run.sh $(PODMANS)

podmans-docs: ## put what "make test-podmans" has found last into docs
	hack/insert.sh docs/testing.md podmans .cache/podmans/table.md

test-arm64: build ## build for arm64, run tests in an emulator, and compare images with those of this machine
	hack/deps.sh arm64
	$(MAKE) build podman ARCH=arm64
	hack/cross/test.sh arm64

test-s390x: build ## the same without podman for s390x, which is big-endian
	hack/deps.sh arm64
	$(MAKE) build ARCH=s390x
	hack/cross/test.sh s390x

cross-docs: ## put what "make test-arm64" and "make test-s390x" have found last into docs
	hack/insert.sh docs/testing.md arm64 .cache/arm64.md
	hack/insert.sh docs/testing.md s390x .cache/s390x.md

test-matrix: deps build podman podman-stock ## use the store of each upstream's podman with each, with our driver and without
	for upstream in $(filter podman-%,$(upstreams)); do $(make) build podman podman-stock UPSTREAM=$$upstream || exit; done
	hack/podmans/matrix.sh $(MATRIX)

matrix-docs: ## put what "make test-matrix" has found last into docs
	hack/insert.sh docs/testing.md matrix .cache/podmans/matrix.md

test-kubernetes: build crio crio-stock crio-tools kubernetes ## run pods by CRI-O and in a cluster, with our driver and without it, and critest (root, cgroup v1); RUN=TestPods
	hack/deps.sh kubernetes
	mkdir -p .cache
	$(GO) test -p 1 -count=1 -timeout 60m -parallel 2 -v $(GOFLAGS),crio $(if $(RUN),-run '$(RUN)') ./tests/crio ./tests/kubernetes

.PHONY: test-bats
BATS ?= crio-check crio-wipe ctr image_remove image_volume imagefsinfo restore userns_annotation
test-bats: build crio crio-stock crio-tools ## run CRI-O's own tests with our driver and without it (root, cgroup v1); BATS="ctr restore"
	hack/deps.sh kubernetes
	mkdir -p .cache
	$(GO) test -count=1 -timeout 2h -v $(GOFLAGS),crio -run 'TestBats$$' ./tests/crio -args -bats='$(BATS)'

kubernetes-docs: ## put what "make demo-kubernetes", "make test-kubernetes" and "make test-bats" have found last into docs
	hack/insert.sh docs/testing.md critest .cache/critest.md
	hack/insert.sh docs/testing.md bats .cache/bats.md
	hack/insert.sh docs/kubernetes.md demo .cache/demo-kubernetes.md

mutants: toolchain ## make mistakes in the code, one after the other: some test must find each (root); MUTANTS=-run=objects
	mkdir -p .cache
	$(GO) run ./hack/mutants -table=.cache/mutants.md $(MUTANTS)

mutants-docs: ## put what "make mutants" has found last into docs
	hack/insert.sh docs/mutants.md mutants .cache/mutants.md

vet: toolchain ## run go vet, and check formatting
	$(GO) vet ./...
	@test -z "$$(gofmt -l cmd config convert driver hack tests)" || { echo "error: not gofmt-clean:"; gofmt -l cmd config convert driver hack tests; exit 1; }

lint: vet ## run the linters of .golangci.yml; builds golangci-lint first, which needs the module proxy
	CGO_ENABLED=0 $(GO) -C hack/lint build -o ../../.cache/golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint
	GOFLAGS='$(GOFLAGS),boot,crio,vm' .cache/golangci-lint run ./...

fuzz: ## run every fuzz target for FUZZTIME (default 30s)
	for target in config:FuzzParse convert:FuzzMerge convert/dump:FuzzParse convert/erofs:FuzzImage convert/erofs:FuzzTree \
			convert/layer:FuzzRead convert/selinux:FuzzPrefix convert/splitstream:FuzzOpen convert/toc:FuzzTOC \
			convert/verity:FuzzWrite driver/kernel/fuse:FuzzAnswer driver/trust/policy:FuzzPolicy \
			driver/store/images:FuzzLookup driver/pull/blob:FuzzChecksum driver/pull/blob:FuzzLayout driver/pull/blob:FuzzPacker driver/pull/blob:FuzzRead driver/pull/blob:FuzzUnpacker $(if $(word 2,$(decompressors)),$(addprefix driver/pull/decompress:,FuzzGzip FuzzZstd)); do \
		$(GO) test ./$${target%%:*} -run '^$$' -fuzz "^$${target##*:}\$$" \
			-fuzztime $(FUZZTIME) -fuzzminimizetime 10x || exit 1; \
	done

bench: deps build podman podman-stock ## measure podman with our driver against podman without it; BENCH=-help
	hack/bench.sh $(BENCH)

bench-scale: build podman podman-stock ## measure podman as its store grows, with our driver and without it; SCALE=-help
	hack/bench-scale.sh $(SCALE)

bench-formats: build ## measure a tree of files as squashfs, EROFS, composefs and overlay; FORMATS=3 for three rounds
	hack/bench-formats.sh $(FORMATS)

bench-docs: ## put what "make bench", "make bench-scale" and "make bench-formats" have measured last into docs
	hack/bench-docs.sh

bench-image: build ## measure speed and memory on a dump of 100,000 entries
	hack/bench-image.sh

bench-convert: build ## measure the conversion of 2 GB of layers, and of a million files
	hack/bench-convert.sh

oracle: build ## compare with the C mkcomposefs of Debian on random inputs
	hack/oracle.sh

vendor: ## renew vendor/ from go.mod
	$(GO) mod tidy
	$(GO) mod vendor

vendor-check: ## check that vendor/ is what go.mod says, and go.mod and go.sum of all upstreams (needs the module proxy)
	$(GO) mod verify
	$(GO) mod vendor -o .cache/vendor
	diff -r vendor .cache/vendor
	hack/upstreams/check.sh

clean: ## remove what was built
	rm -rf bin .cache
endif
