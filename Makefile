# Each target makes .venv and installs seqnlp into it first, if pyproject.toml or constraints.txt changed since.
#   make demo     train the demo tagger, tag a few sentences, say what to do next
#   make test     the tests that take seconds;  make slow: the others as well
#   make docs     the documentation pages, into site/; needs no network
#   make check    lint, format, types and tests
# What nobody imports is not compiled (--no-compile): that would take longer than unpacking it.
PYTHON ?= python3
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(min(4, max(2, os.cpu_count() or 2)))')
BIN := .venv/bin
INSTALLED := .venv/installed

.PHONY: demo test slow docs check

$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --no-compile "$$(grep '^torch==' constraints.txt)"
	$(BIN)/pip install --quiet --no-compile --constraint constraints.txt --editable '.[dev,docs,plot,tensorboard]'
	@touch $@

demo: $(INSTALLED)
	@PATH="$$PWD/$(BIN):$$PATH" tools/demo.sh

# A worker for each core, two to four. Each has one torch thread: two threads each on two cores are slower than one.
# Neighbouring tests run in one worker, as they share what was trained for them.
test: $(INSTALLED)
	OMP_NUM_THREADS=1 $(BIN)/pytest -n $(WORKERS) --dist worksteal -m "not slow"

slow: $(INSTALLED)
	OMP_NUM_THREADS=1 $(BIN)/pytest -n $(WORKERS)

docs: $(INSTALLED)  # not --quiet: warnings that are not written are not counted by --strict
	$(BIN)/mkdocs build --strict --site-dir site

check: $(INSTALLED)
	@PATH="$$PWD/$(BIN):$$PATH" tools/check.sh
