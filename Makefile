# make demo   sets up and runs the main job        make demo ARGS='--events 20000 --json'
# make test   sets up and passes all tests
ARGS ?=
BIN := .venv/bin

.PHONY: setup demo test lint short drill bench capacity lock

setup:  ## the pinned environment, with the program at .venv/bin/huiliu
	@bash deploy/setup.sh

demo: setup  ## a synthetic province through the whole hub
	@$(BIN)/huiliu demo $(ARGS)

test: lint short drill  ## all that must hold

lint: setup  ## form, types and layering
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

short: setup  ## tests that take seconds
	$(BIN)/pytest -m 'not drill' $(ARGS)

drill: setup  ## kill and load drills over a real broker and database
	$(BIN)/pytest -m drill $(ARGS)

CLAIMS := end_to_end stages latency idle fairness startup memory queries rebuild workers http_gateway http_fairness transmission

bench: setup  ## one script per claim, each beside its limit or rival
	@for name in $(CLAIMS); do echo "== $$name"; $(BIN)/python -m benchmarks.$$name $(ARGS) || exit 1; done

capacity: setup  ## measure anew what docs/capacity.md rests on, and write it
	@for name in workers end_to_end latency; do \
	  said=$$($(BIN)/python -m benchmarks.$$name --json) || exit 1; printf '%s\n' "$$said"; \
	  printf '%s\n' "$$said" | $(BIN)/python -m benchmarks.capacity --keep $$name || exit 1; done
	@$(BIN)/python -m benchmarks.capacity > docs/capacity.md

lock: setup  ## pin the newest allowed versions again
	$(BIN)/uv pip compile pyproject.toml requirements.in --extra test --generate-hashes --universal \
	  --python-version 3.11 --no-emit-index-url --no-annotate --no-header --upgrade --quiet --output-file requirements.txt
