# "make help" lists the targets. Nothing here needs more than Go and, on Debian,
# apt-get: what else is missing, "make deps" installs.

GO ?= go
PREFIX ?= /usr/local
FUZZTIME ?= 30s

.PHONY: help build install test lint deps fuzz bench-image bench-convert oracle vendor vendor-check clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build bin/composefs-storage, and bin/mkcomposefs as a link to it
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/composefs-storage ./cmd/composefs-storage
	ln -sf composefs-storage bin/mkcomposefs

install: build ## install under PREFIX, with the name mkcomposefs and man pages
	install -D -m 755 bin/composefs-storage $(DESTDIR)$(PREFIX)/bin/composefs-storage
	ln -sf composefs-storage $(DESTDIR)$(PREFIX)/bin/mkcomposefs
	install -D -m 644 docs/composefs-storage.1 $(DESTDIR)$(PREFIX)/share/man/man1/composefs-storage.1

deps: ## install what the tests need and is missing (root, Debian)
	hack/deps.sh

test: deps lint ## run all tests; as root the kernel is a judge too
	$(GO) test ./...
	if command -v cc >/dev/null; then \
		CGO_ENABLED=1 $(GO) test -race ./convert ./convert/erofs ./convert/layer ./convert/objects ./convert/scan \
			-run 'Vectors|SameBytes|WriterFails|Concurrent|Scan|Ugly|Fails|Cancel'; fi

lint: ## vet, and check formatting
	$(GO) vet ./...
	@test -z "$$(gofmt -l cmd config convert driver tests)" || { echo "error: not gofmt-clean:"; gofmt -l cmd config convert driver tests; exit 1; }

fuzz: ## run every fuzz target for FUZZTIME (default 30s)
	for target in config:FuzzParse convert:FuzzMerge convert/dump:FuzzParse convert/erofs:FuzzImage convert/erofs:FuzzTree \
			convert/layer:FuzzRead convert/verity:FuzzWrite; do \
		$(GO) test ./$${target%%:*} -run '^$$' -fuzz "^$${target##*:}\$$" \
			-fuzztime $(FUZZTIME) -fuzzminimizetime 10x || exit 1; \
	done

bench-image: build ## measure speed and memory on a dump of 100,000 entries
	hack/bench-image.sh

bench-convert: build ## measure the conversion of 2 GB of layers, and of a million files
	hack/bench-convert.sh

oracle: build ## compare with the C mkcomposefs of Debian on random inputs
	hack/oracle.sh

vendor: ## renew vendor/ from go.mod
	$(GO) mod tidy
	$(GO) mod vendor

vendor-check: ## check that vendor/ is what go.mod says (needs the module proxy)
	$(GO) mod verify
	$(GO) mod vendor -o .cache/vendor
	diff -r vendor .cache/vendor

clean: ## remove what was built
	rm -rf bin .cache
