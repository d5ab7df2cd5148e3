"""Which cases come and how many: a file, a number; what is wrong in a file is said in French, with its key."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from kiosk.cli import build
from kiosk.settings import BadSettings
from kiosk.training.case import MOST_COPIES
from kiosk.training.cases import CASES
from kiosk.training.choices import MOST_ARRIVALS, read_choices, spread

PERSON = '[[people]]\nbirth_name = "{}"\ngiven_names = ["{}"]\nsex = "{}"\nbirth_date = "{}"\nbirth_place = "{}"\n'
GOOD = ("DURAND", "PAUL", "M", "1970-01-31", "63220")


def _file(folder: Path, text: str) -> Path:
    path = folder / "cas.toml"
    path.write_text(text)
    return path


def test_the_cases_of_a_file_come_in_turn_and_then_the_site_s_own(tmp_path: Path) -> None:
    casts = read_choices(_file(tmp_path, "[cases]\nplain = 2\ntwins = 1\n" + PERSON.format(*GOOD))).casts()
    assert [one.case.name for one in casts] == ["plain", "twins", "plain", "plain"]
    assert len({one.person.number for one in casts}) == 4
    own = casts[-1].person
    assert (own.birth_name, own.given_names, own.birth_date, own.number) == (
        *("DURAND", ("PAUL",), "1970-01-31", "1700100900001"),
    )


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ("[cases]\ntwinz = 1", "cases.twinz", "cas inconnu"),
        ("[cases]\nplain = 0", "cases.plain", "au moins 1"),
        (f"[cases]\nplain = {MOST_COPIES + 1}", "cases.plain", f"au plus {MOST_COPIES}"),
        ("[cases]\nplain = 'x'", "cases.plain", "nombre entier"),
        ("", "", "écrivez-en de 1 à"),
        ("[case]\nplain = 1", "case", "clé inconnue"),
        ("\n".join(["[cases]", *(f"{case.name} = {MOST_COPIES}" for case in CASES)]), "", "écrivez-en de 1 à"),
        (PERSON.format("4", *GOOD[1:]), "people.0.birth_name", "écrivez un nom"),
        (PERSON.format("DURAND", "", *GOOD[2:]), "people.0.given_names.0", "écrivez un nom"),
        (PERSON.format("DURAND", "A--B", *GOOD[2:]), "people.0.given_names.0", "écrivez un prénom"),
        (PERSON.format(*GOOD[:2], "X", *GOOD[3:]), "people.0.sex", "écrivez"),
        (PERSON.format(*GOOD[:3], "1970-02-30", "63220"), "people.0.birth_date", "jour du calendrier"),
        (PERSON.format(*GOOD[:4], "MAZOIRES"), "people.0.birth_place", "code officiel"),
        (PERSON.format(*GOOD) + "nir = '1'", "people.0.nir", "clé inconnue"),
        ("[cases", "", "TOML"),
    ],
)
def test_what_is_wrong_is_said_with_its_key(tmp_path: Path, text: str, key: str, said: str) -> None:
    with pytest.raises(BadSettings) as refused:
        read_choices(_file(tmp_path, text))
    assert f"cas.toml: {key}" in str(refused.value) and said in str(refused.value)


@pytest.mark.parametrize("count", [1, 2, 31, 100, MOST_ARRIVALS])
def test_so_many_arrivals_as_are_asked_for_are_spread_over_the_cases(count: int) -> None:
    casts = spread(count)
    assert sum(one.case.visits for one in casts) == count
    assert count < MOST_ARRIVALS or {one.case.name for one in casts} == {case.name for case in CASES}
    assert len({one.person.number for one in casts}) == len(casts)


def test_without_a_number_each_case_comes_once() -> None:
    assert [one.case.name for one in spread()] == [case.name for case in CASES]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "--config manque"),
        (("--people", "0"), 2, "--people : écrivez un nombre de 1 à"),
        (("--people", str(MOST_ARRIVALS + 1)), 2, "--people : écrivez un nombre de 1 à"),
        (("--every", "-1"), 2, "--every : écrivez un nombre de secondes"),
        (("--every", "nan"), 2, "--every : écrivez un nombre de secondes"),
        (("--people", "2", "--cases", "cas.toml"), 2, "ne vont pas ensemble"),
        (("--cases", "nowhere.toml"), 2, "n'existe pas"),
        (("--list",), 0, "un prénom composé est un seul prénom"),
    ],
)
def test_the_command_says_what_is_missing(words: tuple[str, ...], code: int, said: str) -> None:
    done = CliRunner().invoke(build("simulate"), ["simulate", "arrivals", *words])
    assert done.exit_code == code
    assert said in done.output
