# Everything a developer types. Each command makes .venv ready first, from the locks.
.DEFAULT_GOAL := help
.PHONY: help run demo ui test thorough test-ui test-browser test-javascript check prove faults soak fix docs schema bench bench-peers bench-steps bench-reports lock lock-check clean

help: ## say what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'

run: ## serve on http://127.0.0.1:8000 (PORT= for another)
	@scripts/run

demo: ## show a month of made-up use, over an upstream that flaps (PORT= for another)
	@scripts/setup run
	@.venv/bin/python scripts/ui.py run || true # it said why
	@.venv/bin/python -m scripts.demo $(if $(PORT),--port $(PORT))

ui: ## load the libraries of the web UI, with npm or a Node.js of its own
	@scripts/setup run
	@.venv/bin/python scripts/ui.py run

test: ## every test that needs Python only, offline (T=tests/unit for some)
	@scripts/setup test
	@scripts/test $(T)

thorough: ## the exhaustive variants of tests, which test and check leave out
	@scripts/setup test
	@scripts/test --thorough

test-ui: ## types and logic of the web UI, with Node.js
	@scripts/setup run
	@.venv/bin/python scripts/ui.py check

test-browser: ## the web UI in a real Chromium against a real gateway (T=... for some)
	@scripts/setup check
	@.venv/bin/python scripts/ui.py check
	@.venv/bin/python -m pytest -q $(or $(T),tests/browser)

test-javascript: ## Hugging Face's JavaScript client, in Node.js, against a real gateway
	@scripts/setup test
	@.venv/bin/python scripts/ui.py check
	@.venv/bin/python -m pytest -q tests/contract/javascript

check: ## format, lint, types, imports, dependencies, dead code, then the tests (COVERAGE=1 to measure it)
	@scripts/setup check
	@scripts/check
	@scripts/test $(if $(COVERAGE),--cov)

prove: ## prove what is promised of money and records, in under a minute, offline
	@scripts/setup run
	@.venv/bin/python -m tests.faults.prove

faults: ## break everything on purpose, in full (MINUTES=3 for a random slice, SEED= to repeat one)
	@scripts/setup test
	@.venv/bin/python -m tests.faults $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SEED),--seed $(SEED))

soak: ## mixed calls, some of them broken: memory stays as it was (MINUTES=10)
	@scripts/setup test
	@.venv/bin/python -m tests.faults.soak $(if $(MINUTES),--minutes $(MINUTES))

fix: ## format, and mend what ruff can mend
	@scripts/setup check
	@.venv/bin/ruff check --fix --quiet . || true
	@.venv/bin/ruff format .

docs: ## write docs/guide.md, docs/access.md and docs/tasks.md from the tests
	@scripts/setup test
	@.venv/bin/python -m tests.architecture.guide
	@.venv/bin/python -m tests.integration.access.page
	@.venv/bin/python -m tests.contract.tasks.page

schema: ## write app/db/newest.sql again, after a new migration
	@scripts/setup test
	@.venv/bin/python -m tests.integration.db.newest

bench: ## measure against a null route and a direct call (QUICK=1 for half a minute)
	@scripts/setup test
	@.venv/bin/python -m benchmarks $(if $(QUICK),--quick)

bench-peers: ## measure beside other gateways (QUICK=1: two minutes; ONLY=nginx,litellm)
	@scripts/setup test
	@.venv/bin/python -m benchmarks.peers $(if $(QUICK),--quick) $(if $(ONLY),--only $(ONLY))

bench-steps: ## profile one call, step by step; writes docs/performance.md
	@scripts/setup test
	@.venv/bin/python -m benchmarks.steps

bench-reports: ## time every report over 1,000,000 entries, with query plans (DATA= to keep them)
	@scripts/setup test
	@.venv/bin/python -m benchmarks.usage_reports --write $(if $(DATA),--data $(DATA))

lock: ## write requirements/*.txt from pyproject.toml (UPGRADE=1 for newer releases)
	@$$(scripts/python) scripts/lock.py $(if $(UPGRADE),--upgrade)

lock-check: ## resolve the locks for Linux and macOS, x86-64 and arm64, Python 3.11 to 3.14
	@$$(scripts/python) scripts/check_locks.py

clean: ## remove .venv and the caches (never the data)
	@rm -rf .venv .node-env ui/node_modules app/static/vendor .cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage
