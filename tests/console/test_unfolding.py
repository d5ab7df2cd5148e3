"""A trait as staff read it: who says the same in a word, who differs letter by letter, and no word is broken."""

from collections.abc import Iterable

import pytest

from kiosk.console.identities.rows import Row
from kiosk.console.identities.unfolding import Part, Unfolded, heard, size_of, together, unfolded

ANSWERED = "INSi"


def _shown(card: str, insi: str, document: str, verdict: str = "blocking") -> Unfolded:
    return unfolded((Row("Nom de naissance", card, insi, document, verdict, "", "birth-name"),), ANSWERED, "Carte")[0]


def _marked(parts: Iterable[Part]) -> str:
    return "".join(f"[{one.text}]" if one.differs else one.text for one in parts)


def test_what_all_say_is_said_once() -> None:
    shown = _shown("ADRUN", "ADRUN", "ADRUN", "same")
    assert (_marked(shown.parts), shown.who, shown.same, shown.others) == ("ADRUN", "", ("carte", "pièce"), ())


@pytest.mark.parametrize(
    ("insi", "document", "large", "beside"),
    [
        ("ADRUN", "ADRUNE", "ADRUN", "ADRUN[E]"),
        ("ADRUNE", "ADRUN", "ADRUN[E]", "ADRUN[‸]"),
        ("MARTIN", "MARTYN", "MART[I]N", "MART[Y]N"),
        ("PIERRE", "PIERRE PAUL", "PIERRE", "PIERRE[ PAUL]"),
        ("DOMINIQUE", "TOUSSAINT", "[DOMINIQUE]", "[TOUSSAINT]"),
    ],
)
def test_only_the_letters_that_differ_are_marked(insi: str, document: str, large: str, beside: str) -> None:
    shown = _shown(insi, insi, document)
    assert shown.same == ("carte",)
    assert (_marked(shown.parts), [_marked(one.parts) for one in shown.others]) == (large, [beside])


def test_who_hears_it_hears_whole_words_without_the_sign_for_missing_letters() -> None:
    shown = _shown("ADRUNE", "ADRUNE", "ADRUN")
    assert (heard(shown.parts), heard(shown.others[0].parts)) == ("ADRUNE", "ADRUN")
    assert heard(_shown("ADRUN", "ADRUN", "ADRUN", "same").parts) == heard("Mazoires") == "", "read as it stands"


def test_without_an_answer_the_card_counts_and_says_that_it_is_the_card() -> None:
    shown = _shown("ADRUN", "", "ADRUN", "")
    assert (shown.who, shown.same) == ("Carte", ("pièce",))
    assert _shown("", "", "", "").is_silent


def test_the_longest_word_decides_how_large_the_letters_are() -> None:
    assert [size_of(["X" * long, "A B"]) for long in (18, 19, 27, 41, 10_000)] == [
        "",
        "long",
        "longer",
        "longest",
        "longest",
    ]
    assert size_of(["FOUQUET-DE-BELLE-ISLE-ET-DE-VAUX"]) == "", "so long a one breaks at its hyphens"


def test_a_compound_name_stands_in_one_line_and_a_very_long_one_is_broken_at_its_hyphens() -> None:
    runs = list(together("Mazoires, Puy-de-Dôme (63)"))
    assert "".join(part.text for run in runs for part in run.parts) == "Mazoires, Puy-de-Dôme (63)", "no letter changes"
    assert [_marked(run.parts) for run in runs if run.is_whole] == ["Puy-de-Dôme"]
    marked = list(together((Part("LE PIERRE-"), Part("A", True), Part("LAIN"))))
    assert [_marked(run.parts) for run in marked if run.is_whole] == ["PIERRE-[A]LAIN"]
    assert not any(run.is_whole for run in together("FOUQUET-DE-BELLE-ISLE-ET-DE-VAUX"))
    assert size_of(["PROVENCE-ALPES-COTE-D-AZUR"]) == "long", "as large as lets it stand in one line"
