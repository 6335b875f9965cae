# What one says to this folder. `make` alone lists it.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
export PORT

.DEFAULT_GOAL := help
.PHONY: help run build test test-quick bench lighthouse lock messages clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Start the service at http://127.0.0.1:8000 (another port: make run PORT=8001)
	@$(PYTHON) tools/bootstrap.py run
	@exec $(BIN)/python -m tbb.serve

build: ## Install packages, build the front end and compile translations, without starting anything
	@$(PYTHON) tools/bootstrap.py build

test: ## Run every check: style, layers, tests on SQLite, in the browser and on PostgreSQL
	@$(PYTHON) tools/bootstrap.py test
	@$(BIN)/python tools/check_all.py

test-quick: ## Run style, layers and the tests on SQLite
	@$(PYTHON) tools/bootstrap.py test
	@$(BIN)/python tools/check_all.py --quick

bench: ## Measure speed beside two yardsticks (options: make bench ARGS="--quick")
	@$(PYTHON) tools/bootstrap.py test
	@$(BIN)/python -m bench $(ARGS)

lighthouse: ## Let Lighthouse judge start, search, unit page and guide
	@$(PYTHON) tools/bootstrap.py test
	@$(BIN)/python -m bench.lighthouse

lock: ## Pin the newest versions of all packages, with hashes, in requirements/*.txt
	@$(PYTHON) tools/bootstrap.py test
	@$(PYTHON) tools/lock.py

messages: ## Extract texts from code and templates into the translations
	@$(PYTHON) tools/bootstrap.py test
	@mkdir -p build
	@$(BIN)/pybabel -q extract -F pyproject.toml --no-location --sort-output --project tbb -o build/messages.pot tbb
	@$(BIN)/pybabel -q update -i build/messages.pot -d tbb/translations --no-fuzzy-matching --ignore-obsolete --width 110
	@echo "The texts are in tbb/translations/*/LC_MESSAGES/messages.po. Translate what is empty, then: make build"

clean: ## Remove everything that was made here, but never instance/ (that is your data)
	rm -rf .venv build node_modules bench/lighthouse/node_modules bench/results tbb/static/vendor
	rm -rf .pytest_cache .ruff_cache .hypothesis .import_linter_cache test-results
	find tbb tests bench tools frontend -name __pycache__ -type d -prune -exec rm -rf {} +
	find tbb/translations -name '*.mo' -delete
	find tbb/static \( -name '*.br' -o -name '*.gz' \) -delete
