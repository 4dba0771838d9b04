# Two commands: `make serve` and `make test`. Neither asks a question.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
ADDRESS ?= 127.0.0.1:8700
DATA ?= data/local

.PHONY: help serve test web build bench fuzz openapi fmt lint clean

help:           ## What there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

serve: build    ## Build everything, load the district that ships, serve it
	@$${CARGO_TARGET_DIR:-target}/release/xiudai serve --data $(DATA) --listen $(ADDRESS) --load data/xuhui

test:           ## Install what the tests need, start it, run everything, stop it
	@scripts/test.sh

build: web      ## The binary, with the pages inside
	@cargo build --release --package xiudai

web: web/dist/index.html ## The pages

web/dist/index.html: $(shell find web/src web/public web/index.html web/package.json web/package-lock.json web/vite.config.ts web/tsconfig*.json -type f 2>/dev/null)
	@cd web && npm ci --no-audit --no-fund --loglevel=error && npm run build

bench:          ## Measure speed and memory, beside peers in the same run
	@scripts/bench.sh

fuzz: build     ## Ask the served API everything its document allows and forbids (installs schemathesis)
	@scripts/fuzz-api.sh

openapi:        ## Write openapi.json and the types the pages use
	@cargo run --quiet --package xiudai -- openapi > openapi.json
	@cd web && npm run --silent generate

fmt:            ## Format
	@cargo fmt --all

lint:           ## Clippy with the workspace's lints
	@cargo clippy --workspace --all-targets --quiet -- -D warnings

clean:          ## Remove what was built and the local data
	@rm -rf target web/dist $(DATA)
