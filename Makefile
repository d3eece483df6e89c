# friendpay: build, run and test. `make help` lists what there is. POSIX sh and GNU make; nothing but Go has to
# be installed beforehand: `make setup` fetches the rest on Debian.

GO      ?= go
BIN     := $(CURDIR)/bin
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

# Without cgo a build is the same with and without a C compiler. The race detector alone needs one.
export CGO_ENABLED := 0

# Packages that start servers of their own are tested two at a time: more would time each other out.
PARALLEL := 2

# How long `make fuzz` looks for each target's mistakes.
FUZZTIME ?= 1m

# Packages without servers, cheap enough to run twice: the second time under the race detector.
PURE := $(wildcard models policy workflows activities providers internal/token internal/paysim)

# All packages but the suites that have a step of their own below.
UNITS = $$($(GO) list ./... | grep -v -e /tests/ -e /internal/tidy)

# step prints a headline, so that a long log can be read.
step = @printf '\n== %s\n' "$(1)"

.DEFAULT_GOAL := help
.PHONY: help setup build tools rules dev test test-all vet tidy workflowcheck lint unit conformance race integration \
	browser test-browser chaos chaos-all faults fuzz rollback scale docs clean friendpay paysim client

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install PostgreSQL, Chromium, Chinese glyphs and Node.js if they are missing (Debian)
	@tools/setup

## -- build ---------------------------------------------------------------------------------------------------

build: friendpay paysim $(BIN)/temporal ## bin/friendpay, bin/paysim and the Temporal CLI they run

friendpay paysim:
	@if [ -d cmd/$@ ]; then \
		$(GO) build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o $(BIN)/$@ ./cmd/$@; fi

# The Temporal CLI holds a whole server: five minutes on two cores. So it is built only when there is none, from
# a module of its own that keeps the server out of friendpay's.
$(BIN)/temporal:
	@mkdir -p $(BIN)
	@if command -v temporal >/dev/null; then ln -s "$$(command -v temporal)" $@; else \
		echo "building the Temporal CLI, once: some minutes"; \
		cd tools/temporal && $(GO) build -ldflags "-s -w" -o $@ github.com/temporalio/cli/cmd/temporal; fi

$(BIN)/workflowcheck: tools/workflowcheck/go.mod
	@cd tools/workflowcheck && $(GO) build -o $@ go.temporal.io/sdk/contrib/tools/workflowcheck

$(BIN)/golangci-lint: tools/lint/go.mod
	@cd tools/lint && $(GO) build -o $@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

tools: $(BIN)/temporal $(BIN)/workflowcheck $(BIN)/golangci-lint ## the tools that test and lint use

client: ## the Go client, from the API's own description
	$(GO) tool -modfile=tools/client/go.mod oapi-codegen -config tools/client/config.yaml \
		-o client/wire.gen.go api/openapi.yaml

dev: setup build ## everything on this machine, until Ctrl-C
	@$(BIN)/friendpay dev

## -- test ----------------------------------------------------------------------------------------------------

test: setup vet tidy workflowcheck lint unit race integration browser chaos ## all that must pass before a commit lands
	$(call step,all passed)

test-all: test faults rules rollback scale chaos-all fuzz ## and the suites that take long

scale: setup ## the console at 100,000 requests: by indexes only, each page under 150 ms at p95
	$(call step,the console at 100,000 requests)
	$(GO) test -count 1 -v -run '^TestTheConsoleReadsByIndexes$$' ./store -args -requests 100000
	$(GO) test -count 1 -v -run '^TestTheConsolesPagesAnswerSoon$$' ./api -args -requests 100000 -slowest 150ms

vet: ## the compiler's own checks
	$(call step,vet)
	$(GO) vet ./...

tidy: ## the rules of the house
	$(call step,rules of the house)
	$(GO) test ./internal/tidy

workflowcheck: $(BIN)/workflowcheck ## nothing in a workflow depends on chance
	$(call step,determinism of workflows)
	$(if $(wildcard workflows),$(BIN)/workflowcheck ./workflows/...,@echo "no workflows")

lint: $(BIN)/golangci-lint ## golangci-lint; its settings say why
	$(call step,lint)
	$(BIN)/golangci-lint run ./...

unit: setup $(BIN)/temporal ## every package by itself
	$(call step,unit)
	$(GO) test -p $(PARALLEL) $(UNITS)

# The tool judges, so that the table is drawn also where a test fails.
conformance: ## the contract of all providers as one table: checks by products
	@$(GO) test -json -count 1 -run '^TestContract' -skip 'NoticesBroken' ./providers/... | $(GO) run ./cmd/conformance

race: ## the packages without servers, under the race detector; needs a C compiler
	$(call step,race)
	@if [ -n "$(PURE)" ] && command -v gcc >/dev/null; then \
		CGO_ENABLED=1 $(GO) test -race -short $(PURE:%=./%/...); \
	else echo "left out: no C compiler"; fi

faults: setup build ## twenty faults, each seen in the Stuck queue and ended as it offers
	$(call step,$@)
	$(GO) test -count 1 -timeout 10m ./tests/faults

integration browser chaos: setup build ## the suite of that name under tests/
	$(call step,$@)
	$(if $(wildcard tests/$@),$(GO) test -count 1 -p 1 -timeout 22m ./tests/$@/...,@echo "no tests/$@")

test-browser: browser ## the pages in Chromium alone; pictures of what it saw are in tests/browser/out

# Each fuzz target by itself, since Go fuzzes one at a time. Their seeds are plain tests of `make unit`.
fuzz: ## every fuzz target for FUZZTIME, a minute unless told
	$(call step,fuzz)
	@grep -rl --include '*_test.go' '^func Fuzz' . | while read -r file; do \
		for name in $$(sed -n 's/^func \(Fuzz[A-Za-z]*\)(.*/\1/p' "$$file"); do \
			echo "$$(dirname "$$file") $$name"; \
			$(GO) test "$$(dirname "$$file")" -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) \
				-fuzzminimizetime 10x || exit 1; \
		done; done

rules: setup build ## every command of docs/rules.md
	$(call step,rules)
	@tools/rules

rollback: setup build ## the release before this one does the work, on this schema; PREVIOUS names another
	$(call step,rollback)
	@tools/rollback $(PREVIOUS)

chaos-all: setup build ## every storm, every bug that the audit must find, and a soak: an hour
	$(call step,chaos-all)
	FRIENDPAY_CHAOS=all $(GO) test -count 1 -timeout 90m -v ./tests/chaos/...

## -- the rest ------------------------------------------------------------------------------------------------

docs: ## draw the generated documents again
	@for package in $$(grep -rl --include '*_test.go' 'flag.Bool("update"' . | xargs -r -n 1 dirname | sort -u); do \
		$(GO) test -count 1 "$$package" -update; done

clean: ## remove what was built; the data of `make dev` stays
	@rm -rf $(BIN)
