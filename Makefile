# Every target makes .venv by itself, once. Needed beforehand: Python >= 3.11 with venv, and make.

PACKAGES := wire-protocol exec-core ipython-facade kernel-base python-kernel console-client nb-convert antiphon
NB ?= examples/tour.ipynb
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
STAMP := .venv/installed
SOURCES := $(addprefix packages/,$(addsuffix /pyproject.toml,$(PACKAGES)))
QT := .venv-qt/installed
ECOSYSTEM := .venv-ecosystem/installed
KERNEL := wire-protocol exec-core ipython-facade kernel-base python-kernel
NPM := tests/journeys/npm/node_modules/installed
PYTEST := $(BIN)/python -m pytest -q -n 2

.DEFAULT_GOAL := help
.PHONY: help install run test check format floors journeys ecosystem bench soak lock clean $(addprefix test-,$(PACKAGES))

help: ## print this
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20
	@echo "  make test-PACKAGE   the tests of one package: $(PACKAGES)"

install: $(STAMP) ## make .venv, with the versions of constraints.txt

$(STAMP): constraints.txt $(SOURCES)
	@test -n "$(PYTHON)" || { echo "make: no Python >= 3.11 with venv found; install one, or say make PYTHON=/path/to/python" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r constraints.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation $(addprefix -e packages/,$(PACKAGES))
	$(BIN)/antiphon-kernelspec install --sys-prefix
	@# Editable sources are compiled here as an installer would have, whatever PYTHONDONTWRITEBYTECODE says.
	@$(BIN)/python -m compileall -q $(foreach p,$(PACKAGES),packages/$(p)/src)
	@touch $@

run: $(STAMP) ## execute examples/tour.ipynb, or make run NB=path
	$(BIN)/python examples/run.py "$(NB)"

test: $(addprefix test-,$(PACKAGES)) journeys ecosystem ## every package's tests, the journeys, the libraries

$(addprefix test-,$(PACKAGES)): test-%: $(STAMP)
	cd packages/$* && ../../$(PYTEST) tests

$(QT): tests/journeys/qt-constraints.txt | $(STAMP)
	@test -x .venv-qt/bin/python || $(BIN)/python -m venv .venv-qt
	.venv-qt/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(NPM): tests/journeys/npm/package-lock.json
	@if command -v npm >/dev/null; then cd $(<D) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && touch node_modules/installed; \
	else echo "make: no npm here, so the kernel that comes from there is not driven" >&2; fi

journeys: $(STAMP) $(QT) $(NPM) ## real processes, public clients, kernels that others wrote
	$(PYTEST) --dist loadfile tests/journeys

$(ECOSYSTEM): tests/ecosystem/constraints.txt $(KERNEL:%=packages/%/pyproject.toml) | $(STAMP)
	@test -x .venv-ecosystem/bin/python || $(BIN)/python -m venv .venv-ecosystem
	.venv-ecosystem/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r $<
	.venv-ecosystem/bin/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation $(KERNEL:%=-e packages/%)
	@touch $@

ecosystem: $(ECOSYSTEM) ## notebooks of popular libraries, on our kernel and on ipykernel
	$(PYTEST) tests/ecosystem

check: $(STAMP) ## format, lint, types, floors of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python .ci/global_access.py

format: $(STAMP) ## put the sources into form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

floors: $(STAMP) ## each package alone, with only what it requires, on this Python
	$(BIN)/tox run -f $$($(BIN)/python -c 'import sys; print("py%d%d" % sys.version_info[:2])')

bench: $(STAMP) ## kernel, interpreter, terminal and conversion against their peers, side by side; then the soak
	@missed=0; for figures in kernels interpreter terminal convert soak; do $(BIN)/python benchmarks/$$figures.py || missed=1; done; exit $$missed

soak: $(STAMP) ## only the soak: 100 000 mixed requests with interrupts thrown in
	$(BIN)/python benchmarks/soak.py

lock: ## write constraints.txt anew, with the newest versions
	@test -x .venv-lock/bin/uv || { $(PYTHON) -m venv .venv-lock && .venv-lock/bin/pip install -q uv; }
	.venv-lock/bin/python .ci/lock.py

clean: ## remove what make has made
	rm -rf tests/journeys/npm/node_modules .venv .venv-* .tox .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
