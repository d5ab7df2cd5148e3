# Two commands do everything on a fresh Debian 12 or Raspberry Pi OS: make demo, make test.
PYTHON = .venv/bin/python
.PHONY: demo run test lint bench mutants setup lock pictures map clean

setup:
	@sh deploy/setup.sh

demo: setup
	@$(PYTHON) -m tests.demo

run: setup
	@$(PYTHON) -m tests.demo --interactive

lint: setup
	@.venv/bin/ruff format --check -q . || (echo "run: .venv/bin/ruff format ." && false)
	@.venv/bin/ruff check -q .
	@.venv/bin/mypy

test: lint
	@$(PYTHON) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

bench:
	@sh deploy/setup.sh tesseract-ocr
	@$(PYTHON) -m tests.benchmarks

# Breaks the core in every small way and sees whether a test notices (an hour or more).
mutants: setup
	@$(PYTHON) -m pip install --quiet --target build/cosmic-ray cosmic-ray==8.7.0
	@PYTHONPATH=build/cosmic-ray $(PYTHON) -m tests.mutants

# The patient's screens as pictures, in build/screens.
pictures: setup
	@$(PYTHON) -m kiosk.ui.gallery --out build/screens

# The README's picture of a patient's turn, drawn by playing turn.step.
map: setup
	@$(PYTHON) -m tests.maps

# Needs uv; the result carries hashes and no address.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		deploy/requirements.in -o deploy/requirements.txt

clean:
	rm -rf build .venv
