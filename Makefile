# Two commands do everything on a fresh Debian 12 or 13 or Raspberry Pi OS: make demo, make test.
PYTHON = .venv/bin/python
export PYTHONDONTWRITEBYTECODE =# compiled once, whatever the shell says: the tests start hundreds of processes
TOGETHER = -n 3 --dist loadfile --no-loadscope-reorder
.PHONY: demo run test quick coverage lint style types bench attacks beside mutants properties setup lock wheels wheel-test pictures map clean

setup:
	@sh deploy/setup.sh

demo: setup
	@$(PYTHON) -m tests.demo

run: setup
	@$(PYTHON) -m tests.demo --interactive

lint: style types

style: setup
	@.venv/bin/ruff format --check -q . || (echo "run: .venv/bin/ruff format ." && false)
	@.venv/bin/ruff check -q .

types: setup
	@.venv/bin/mypy
	@.venv/bin/deptry assets hardware kiosk

# Types are checked while the tests run, and told after them when they are wrong: they take a minute of one core alone.
test: style
	@mkdir -p build
	@$(MAKE) --no-print-directory types > build/types.txt 2>&1 & types=$$!; \
	$(PYTHON) -m pytest $(TOGETHER) --durations=25; tests=$$?; \
	wait $$types || { cat build/types.txt; exit 1; }; \
	exit $$tests

# All that starts no process and is not marked long, while one types: tests/quick.py finds out which those are.
quick: setup
	@$(PYTHON) -m pytest $(TOGETHER) -m quick

# What the tests reach of each room, branches counted; slower than make test.
coverage: setup
	@rm -rf build/coverage
	@$(PYTHON) -m coverage run -m pytest $(TOGETHER) --durations=25
	@$(PYTHON) -m coverage combine --quiet
	@$(PYTHON) -m coverage json --quiet -o build/coverage/report.json
	@$(PYTHON) -m tests.covered

bench:
	@sh deploy/setup.sh tesseract-ocr
	@$(PYTHON) -m tests.benchmarks

# Every attacker of tests/attacks, those that take minutes too.
attacks: setup
	@$(PYTHON) -m pytest $(TOGETHER) -m "long_attack or not long_attack" tests/attacks

# What make test leaves out: the other database of what kills, restores and carries over.
beside: setup
	@$(PYTHON) -m pytest $(TOGETHER) -m beside

# Breaks the core in every small way and sees whether a test notices (an hour or more).
mutants: setup
	@$(PYTHON) -m pip install --quiet --target build/cosmic-ray cosmic-ray==8.7.0
	@PYTHONPATH=build/cosmic-ray $(PYTHON) -m tests.mutants

# A whole console played with: thousands of random sequences, each of the register's properties after every act (an hour).
properties: setup
	@$(PYTHON) -m tests.properties

# The patient's screens as pictures, in build/screens.
pictures: setup
	@$(PYTHON) -m kiosk.ui.gallery --out build/screens

# The README's picture of a patient's turn, drawn by playing turn.step.
map: setup
	@$(PYTHON) -m tests.maps

# The wheel, and beside it the files of a role's lock: all that an installation without a network needs, in build/wheels.
wheels: setup
	@sh deploy/wheels.sh terminal console

# Both roles installed from there into empty environments, and tried; the demonstration runs on them (a few minutes).
wheel-test: wheels
	@$(PYTHON) -m pytest tests/wheels

# What pyproject.toml declares, with versions and hashes and without any address. make lock LOCK=--upgrade: newer versions.
COMPILE = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header
lock: setup
	$(COMPILE) $(LOCK) pyproject.toml --extra terminal --extra console --group dev -o deploy/locks/dev.txt
	$(COMPILE) pyproject.toml --extra terminal -c deploy/locks/dev.txt -o deploy/locks/terminal.txt
	$(COMPILE) pyproject.toml --extra console -c deploy/locks/dev.txt -o deploy/locks/console.txt
	$(COMPILE) --group build -c deploy/locks/dev.txt -o deploy/locks/build.txt

clean:
	rm -rf build .venv
