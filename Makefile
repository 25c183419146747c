# `make` lists the targets. Everything here works as root and as an ordinary user with sudo.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
ARGS ?=
# Of the tests: most of their time they wait, for a printer, a daemon, a server.
WORKERS := $(shell expr 2 \* $$(nproc))
# The messages of other languages: $(call merge-messages,CATALOG) takes what the source says into it. Of its header only
# what reads it stays, as dates and versions would change with every run.
MESSAGES := daemon/locale/id.po
define merge-messages
	@$(BIN)/pybabel --quiet extract --keyword Plural:1,2 --no-wrap --add-location file --output-file $(VENV)/messages.pot daemon
	@$(BIN)/pybabel --quiet update --locale id --no-wrap --ignore-obsolete --input-file $(VENV)/messages.pot --output-file $(1)
	@sed -i -E '/^"(Project-|Report-|POT-|PO-|Last-|Language-Team|Generated-By)/d' $(1)
endef
# Where lpadmin and the like are; Debian gives an ordinary user a PATH without it.
export PATH := $(PATH):/usr/sbin

.DEFAULT_GOAL := help
.PHONY: help demo test check chaos soak regency bench test-outsiders test-systemd fmt install lock clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r target text; do \
		printf '  make %-14s %s\n' "$$target" "$$text"; done

demo: $(READY) ## run the main job for real: two card printers, a line that drops (ARGS=--keep stays up)
	@$(BIN)/giliran demo $(ARGS)

test: $(READY) ## every test, against real CUPS and PostgreSQL
	@$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal $(ARGS)

check: $(READY) ## style, types, import rules, messages
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@cp $(MESSAGES) $(VENV)/merged.po
	$(call merge-messages,$(VENV)/merged.po)
	@cmp -s $(MESSAGES) $(VENV)/merged.po || { echo "$(MESSAGES) is not up to date with the source; make fmt" >&2; exit 1; }

chaos: $(READY) ## kill everything at every named point, two thousand times, and count (ARGS=--help)
	@$(BIN)/python -m tests.chaos $(ARGS)

soak: $(READY) ## thirty outages of every kind in real time, and how soon printing goes on (ARGS=--help)
	@$(BIN)/python -m tests.soak $(ARGS)

regency: $(READY) ## three daemons on one PostgreSQL, twelve printers, 2,000 people, and somebody who kills (ARGS=--help)
	@$(BIN)/python -m tests.regency $(ARGS)

test-systemd: $(READY) ## boot a Debian, install Giliran in it, stop CUPS in order while cards are printed (root)
	@requirements/packages --idle requirements/systemd.apt
	@$(BIN)/python -m tests.systemd $(ARGS)

test-outsiders: $(READY) ## the log as programs of others verify and cosign it; installs Go and theirs
	@requirements/outsiders $(VENV)/outsiders
	@$(BIN)/python -m pytest -rA tests/integration/test_public_formats.py tests/integration/test_outsiders.py $(ARGS)

bench: $(VENV)/.bench ## measure, and print the tables of docs/benchmarks.md
	@$(BIN)/python -m tests.benchmarks $(ARGS)

fmt: $(READY) ## format the code, bring the catalogs of messages up to date with it
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	$(call merge-messages,$(MESSAGES))

install: ## on a server, as root, from /opt/giliran: user, configuration, unit
	@systemd/install

lock: ## resolve the requirements anew (needs uv)
	@requirements/lock

clean: ## remove the virtual environment and caches
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(READY): requirements/bootstrap requirements/packages requirements/server.apt requirements/build.apt requirements/dev.apt requirements/build.txt requirements/dev.txt pyproject.toml
	@PYTHON=$(PYTHON) requirements/bootstrap $(VENV) dev
	@touch $@

$(VENV)/.bench: $(READY) requirements/bench.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --require-hashes -r requirements/bench.txt
	@touch $@
