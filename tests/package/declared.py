"""What pyproject.toml declares and what the locks hold, as the tests read it."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
ROLES = ("terminal", "console")
LOCKS = {name: ROOT / "deploy" / "locks" / f"{name}.txt" for name in (*ROLES, "dev", "build")}
_PINNED = re.compile(r"(?m)^([A-Za-z0-9._-]+)==(\S+)(?: ; (.+?))? \\\n((?: {4}--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)")


@cache
def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def declared(role: str) -> set[str]:
    """The libraries that the common part and this role name (``dev``, ``build``: a group's)."""
    project = pyproject()["project"]
    base = _names(project["dependencies"])
    if role == "build":
        return _names(_group("build"))
    if role == "dev":
        return base.union(*(declared(each) for each in ROLES), _names(_group("dev")))
    return base | _names(project["optional-dependencies"].get(role, []))


def locked(lock: str) -> dict[str, set[str]]:
    """The versions of each library in this lock (two where Python's version decides)."""
    found: dict[str, set[str]] = {}
    for name, version, _marker, _hashes in _PINNED.findall(LOCKS[lock].read_text()):
        found.setdefault(plain(name), set()).add(version)
    return found


def plain(requirement: str) -> str:
    """A library's name alone, as registries compare it (PEP 503)."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name, requirement
    return re.sub(r"[-_.]+", "-", name.group()).lower()


def _names(requirements: list[str]) -> set[str]:
    return {plain(each) for each in requirements}


def _group(name: str) -> list[str]:
    listed: list[str] = []
    for each in pyproject()["dependency-groups"][name]:
        listed += _group(each["include-group"]) if isinstance(each, dict) else [each]
    return listed
