# The commands of a developer; `make help` lists them. Each sets up what it needs and is missing.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory --no-builtin-rules
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help run build test lint bench scoreboard load million chaos fuzz npm dev schema vectors pictures setup-build setup-test

# Built tools come first; what npm brings (wasm-opt, Playwright) next.
export PATH := $(CURDIR)/target/tools/bin:$(CURDIR)/node_modules/.bin:$(PATH)

version := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
binary := target/release/certlens
package := npm/certlens-$(version).tgz

# Everything that a build reads. Lists are made of what is there, so that new files count too.
files_of = $(shell find $(1) -type f -not -name '*.tgz' -not -path 'npm/pkg/*' 2> /dev/null)
workspace := Cargo.toml Cargo.lock rust-toolchain.toml .cargo/config.toml tools/rustc
page_sources := $(workspace) index.html Trunk.toml tools/finish-page $(call files_of,core dialect web)
binary_sources := $(workspace) $(call files_of,core dialect server)
package_sources := $(workspace) package-lock.json docs/report.schema.json tools/package $(call files_of,core npm)

help: ## List these commands
	@echo "certlens $(version)"
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s%s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: build ## Serve the page and the three APIs with demonstration data, in data/
	@$(binary) serve --data data --demo

build: $(binary) ## Build the program with the page in it: target/release/certlens

npm: $(package) ## Build and pack the npm package: npm/certlens-VERSION.tgz

test: setup-test $(binary) $(package) ## Run every test
	@tools/test

lint: setup-test ## Check formatting, and what Clippy finds
	@tools/test lint

bench: setup-test $(binary) ## Compare speed and memory with other crates, and measure the page: prints figures and their goals
	@cargo bench --quiet -p certlens-core --bench ratios --bench memory
	@node tools/bench-page.js

scoreboard: ## Read third-party files and print what is read as expected; CORPORA=DIR names others
	@cargo run --quiet -p certlens-tests --bin scoreboard -- $(if $(CORPORA),--corpora '$(CORPORA)')

load: $(binary) ## Put the server under load beside nginx: prints ratios; MINUTES=5 reads and writes instead
	@tools/load $(if $(MINUTES),mixed $(MINUTES))

million: $(binary) ## Serve a million certificates: prints times and memory with their goals; COUNT=10000 makes fewer
	@cargo run --quiet -p certlens-tests --bin million -- --count $(or $(COUNT),1000000)

chaos: setup-test ## Kill, cut and fill three servers on a real etcd, ROUNDS=200 times: writes docs/CHAOS.md; then MINUTES=10 of load
	@CERTLENS_ROUNDS=$(or $(ROUNDS),200) CERTLENS_CHAOS_REPORT=$(CURDIR)/docs/CHAOS.md \
		cargo test --quiet -p certlens --test cluster -- --nocapture faults
	@CERTLENS_LOAD_SECONDS=$$(($(or $(MINUTES),10) * 60)) \
		cargo test --quiet -p certlens --test cluster -- --nocapture load

fuzz: ## Try to break every reader, ten minutes each: FUZZ_SECONDS, JOBS, TARGET
	@tools/fuzz $(TARGET)

dev: setup-build ## Serve, and rebuild the page whenever a source changes
	@tools/dev

schema: ## Write docs/report.schema.json anew
	CERTLENS_UPDATE=1 cargo test --quiet -p certlens-tests --test schema

vectors: ## Make the files in tests/vectors anew, with openssl and keytool
	@tests/vectors/make

pictures: setup-test $(binary) ## Take the pictures of docs/pictures anew
	@node tools/pictures.js

setup-build:
	@tools/setup build

setup-test:
	@tools/setup test

dist/index.html: $(page_sources) | setup-build
	cargo fetch --quiet
	trunk build --release --offline
	@touch $@

$(binary): $(binary_sources) dist/index.html | setup-build
	cargo build --release -p certlens
	@touch $@

$(package): $(package_sources) | setup-build
	tools/package $(version)
