"""The page that holds us against ASVS 5.0, level 2: no number is missing, and what it names as its proof is there."""

import re
import tomllib
from collections import Counter

import pytest

from tests.demo.processes import ROOT

PAGE = ROOT / "deploy" / "guides" / "asvs.md"
STATES = ("met", "not applicable", "open")
# Of each section of ASVS 5.0.0 the requirements of levels 1 and 2, by their last number; those of level 3 are left out.
NUMBERS = """
1.1:1-2 1.2:1-9 1.3:1-11 1.4:1-3 1.5:1-2 2.1:1-3 2.2:1-3 2.3:1-4 2.4:1 3.2:1-2 3.3:1-4 3.4:1-6 3.5:1-5 3.7:1-2
4.1:1-3 4.2:1 4.3:1-2 4.4:1-4 5.1:1 5.2:1-3 5.3:1-2 5.4:1-3 6.1:1-3 6.2:1-12 6.3:1-4 6.4:1-4 6.5:1-5 6.6:1-3 6.8:1-4
7.1:1-3 7.2:1-4 7.3:1-2 7.4:1-5 7.5:1-2 7.6:1-2 8.1:1-2 8.2:1-3 8.3:1 8.4:1 9.1:1-3 9.2:1-4
10.1:1-2 10.2:1-2 10.3:1-4 10.4:1-11 10.5:1-5 10.6:1-2 10.7:1-3 11.1:1-2 11.2:1-3 11.3:1-3 11.4:1-4 11.5:1 11.6:1
12.1:1-3 12.2:1-2 12.3:1-4 13.1:1 13.2:1-5 13.3:1-2 13.4:1-5 14.1:1-2 14.2:1-4 14.3:1-3 15.1:1-3 15.2:1-3 15.3:1-7
16.1:1 16.2:1-5 16.3:1-4 16.4:1-3 16.5:1-3 17.1:1 17.2:1-4 17.3:1-2
"""


def wanted() -> list[str]:
    found = []
    for section, first, last in re.findall(r"([\d.]+):(\d+)(?:-(\d+))?", NUMBERS):
        found += [f"{section}.{number}" for number in range(int(first), int(last or first) + 1)]
    return found


def lines() -> list[tuple[str, ...]]:
    rows = re.findall(r"(?m)^\| (\d+\.\d+\.\d+) \| (.+?) \| (.+?) \| (.+?) \|$", PAGE.read_text(encoding="utf-8"))
    return [tuple(row) for row in rows]


def is_there(proof: str) -> bool:
    """A test by file and name, a rule of the linter that is on, or a section of the page."""
    kind, _, name = proof.partition(": ")
    if kind == "here":
        return re.search(rf"(?m)^### {re.escape(name)}$", PAGE.read_text(encoding="utf-8")) is not None
    if kind == "ruff":
        lint = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
        return name.startswith(tuple(lint["select"])) and not name.startswith(tuple(lint["ignore"]))
    file = ROOT / "tests" / f"{kind}.py"
    return file.is_file() and re.search(rf"(?m)^def {name}\(", file.read_text(encoding="utf-8")) is not None


def test_no_requirement_is_left_out_doubled_or_made_up() -> None:
    assert len(wanted()) == 253  # 70 of level 1, 183 of level 2
    assert [number for number, *_ in lines()] == wanted()


@pytest.mark.parametrize("line", lines(), ids=lambda line: line[0])
def test_what_a_line_names_is_there_and_what_is_not_met_says_why(line: tuple[str, ...]) -> None:
    number, _, state, shown = line
    assert state in STATES
    if state == "met":
        proofs = re.findall(r"`([^`]+)`", shown)
        assert proofs and [proof for proof in proofs if not is_there(proof)] == [], number
    else:
        assert len(shown) > 3, number


def test_the_counts_on_the_page_are_those_of_its_lines() -> None:
    count = Counter(state for _, _, state, _ in lines())
    assert f"**{count['met']} met, {count['not applicable']} not applicable, {count['open']} open.**" in PAGE.read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize(
    "proof", ["console/test_access: test_nobody", "nowhere/test_x: test_y", "ruff: X999", "here: Elsewhere"]
)
def test_a_proof_that_is_not_there_is_seen_to_be_missing(proof: str) -> None:
    assert not is_there(proof)
