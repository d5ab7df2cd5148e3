"""What Debian packages a machine in production gets: what its role needs, and nothing an intruder would be glad of."""

import re

import pytest

from tests.package.declared import ROLES, ROOT

LISTS = ROOT / "deploy" / "packages"
TOOLS = re.compile(
    r".*-dev|gcc|g\+\+|clang|make|pkg-config|python3-pip|gdb|strace|git"  # builds or takes apart
    r"|chromium.*|firefox.*|curl|wget|xvfb|xdotool|x11-apps"  # fetches, shows, plays somebody's hands
    r"|vsmartcard.*|softhsm2|openssh-server|tcpdump|nmap|socat|netcat.*"  # listens, or stands in for a device
)


def listed(name: str) -> set[str]:
    return set(re.sub(r"#.*", "", (LISTS / f"{name}.txt").read_text()).split())


@pytest.mark.parametrize("role", ROLES)
def test_a_machine_in_production_gets_no_tool_of_an_intruder(role: str) -> None:
    assert listed(role)
    assert {name for name in listed(role) if TOOLS.fullmatch(name)} == set()
    assert not listed(role) & listed("development")


def test_what_builds_and_tests_is_where_it_is_developed_only() -> None:
    assert {"gcc", "libpcsclite-dev", "chromium-headless-shell", "vsmartcard-vpcd", "softhsm2"} <= listed("development")
    assert "packages/*.txt" in (ROOT / "deploy" / "setup.sh").read_text()  # who develops has all three


def test_a_terminal_compiles_nothing() -> None:
    """What comes as source is built where the wheels are gathered, and the terminal's lock knows the result."""
    gathers = (ROOT / "deploy" / "wheels.sh").read_text()
    assert 'rm "$source"' in gathers
    assert "gcc" not in (ROOT / "deploy" / "guides" / "technician.md").read_text()
