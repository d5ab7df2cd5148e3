"""Each role's lock is what pyproject.toml declares, whole, by hash, and silent about where anything came from."""

import re

import pytest

from tests.package.declared import LOCKS, ROLES, ROOT, declared, locked, plain


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_of_a_lock_is_a_version_with_its_hashes(lock: str) -> None:
    lines = [line for line in LOCKS[lock].read_text().splitlines() if line and not line.startswith(("    ", "#"))]
    assert len(lines) == sum(len(versions) for versions in locked(lock).values()) > 0


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_index_and_no_place_of_a_machine(lock: str) -> None:
    text = LOCKS[lock].read_text()
    assert not re.search(r"://|--index|--extra-index|--find-links|\s/|\.\./", text)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_what_is_declared_and_was_made_from_nothing_else(lock: str) -> None:
    """Run ``make lock`` after a change of pyproject.toml."""
    asked = set()
    for name, sources in re.findall(r"(?m)^(\S+?)==.*\n(?: {4}--hash.*\n)+((?: {4}#.*\n?)+)", LOCKS[lock].read_text()):
        if "pyproject.toml" in sources:
            asked.add(plain(name))
    assert asked == declared(lock)


def test_what_a_role_installs_is_what_is_tested() -> None:
    tested = locked("dev")
    for role in (*ROLES, "build"):
        assert {name: versions for name, versions in locked(role).items() if tested.get(name) != versions} == {}


def test_a_terminal_holds_no_django_and_a_console_no_kivy() -> None:
    assert not {name for name in locked("terminal") if "django" in name or name in ("gunicorn", "psycopg")}
    assert not {"kivy", "opencv-python-headless", "numpy", "onnxruntime", "pyscard"} & locked("console").keys()


def test_the_version_stands_in_one_place() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    assert 'dynamic = ["version"]' in text
    assert not re.search(r"(?m)^version\s*=", text)
    told = [path for room in ("kiosk", "hardware", "assets") for path in (ROOT / room).rglob("*.py")]
    assert [path for path in told if re.search(r"(?m)^__version__\s*=", path.read_text())] == [
        ROOT / "kiosk" / "__init__.py"
    ]
