.PHONY: help up down watch test soak mutants bench cost check tools

PYTHON = .local/stack/bin/python

help: ## Say what can be made
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

up: tools ## Run Weir on this machine, with real data in it
	@$(PYTHON) local/stack.py up

down: tools ## Stop it; `make up` resumes it
	@$(PYTHON) local/stack.py down

watch: tools ## Run the functions against it, compiled anew whenever they change
	@$(PYTHON) local/stack.py watch

test: tools ## Run every test, on a stack of its own
	@tests/run

soak: ## Run N simulations from seed FIRST on, and as many of reports, and say which fail
	@cargo build --quiet -p simulation
	@target/debug/simulation soak $(or $(N),10000) $(or $(FIRST),0)
	@target/debug/simulation reports $(or $(N),10000) $(or $(FIRST),0)

mutants: ## Take one guard of settling or of reports at a time out of a copy, and see that the simulation misses it
	@python3 tests/mutants/mutants.py $(ONLY)

bench: ## Measure, and compare with the targets (builds for release: minutes)
	@python3 local/tools.py bench
	@cargo build --quiet --release -p ingest -p store -p aggregate -p report -p query -p bench
	@target/release/bench target/release

cost: ## Count what a million events cost, into docs/cost.md (builds for release; minutes)
	@cargo build --quiet --release -p bench
	@target/release/bench cost > /dev/null

check: tools ## Run what CI runs before the tests: format, lints, docs, dependencies, template
	@tests/check

tools:
	@python3 local/tools.py
