"""What a plug-in of the entry point group ``kiosk.card_readers`` must do: be found by name, be read like any other."""

from pathlib import Path

import pytest

from hardware.cards.base import Cancelled, NotVitale, ReadsByItself, Unreadable, VitaleFiles, VitaleRecords
from hardware.cards.card_file import load
from hardware.cards.memory import SLOT
from hardware.cards.vitale_files import read_card
from kiosk.app.card_contents import contents_of
from kiosk.settings import BadSettings, CardSection, Settings
from kiosk.wiring import card_reader, read_vitale
from tests.cards import plug_in


@pytest.fixture(autouse=True)
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install the plug-in as pip would: a distribution whose metadata names its readers."""
    metadata = tmp_path / "a_sites_reader-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: a-sites-reader\nVersion: 1.0\n", encoding="utf-8")
    (metadata / "entry_points.txt").write_text(
        "[kiosk.card_readers]\nexchanging = tests.cards.plug_in:exchanging\ndecoding = tests.cards.plug_in:decoding\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(str(tmp_path))


def with_driver(name: str) -> Settings:
    return Settings.model_construct(card=CardSection(driver=name))


@pytest.mark.parametrize("driver", ["exchanging", "decoding"])
class TestAPlugIn:
    def test_is_found_by_the_name_in_the_settings(self, driver: str) -> None:
        assert card_reader(with_driver(driver)) is plug_in.MADE[-1]

    @pytest.mark.parametrize("card", ["zoe", "twins", "ahmed", "nineteen"])
    def test_reads_the_same_people_as_our_own_reader(self, driver: str, card: str) -> None:
        reader = card_reader(with_driver(driver))
        plug_in.MADE[-1].insert(load(card))
        reading = read_card(reader, SLOT)
        assert isinstance(reading, VitaleRecords if driver == "decoding" else VitaleFiles)
        own = plug_in.exchanging("")
        own.insert(load(card))
        expected = read_card(own, SLOT)
        assert isinstance(reading, VitaleFiles | VitaleRecords)
        assert isinstance(expected, VitaleFiles)
        assert contents_of(reading).beneficiaries == contents_of(expected).beneficiaries

    def test_says_nothing_of_another_card(self, driver: str) -> None:
        reader = card_reader(with_driver(driver))
        plug_in.MADE[-1].insert(load("bank"))
        assert read_card(reader, SLOT) == NotVitale()

    def test_says_that_the_card_is_gone(self, driver: str) -> None:
        assert read_card(card_reader(with_driver(driver)), SLOT) == Unreadable("card-gone")

    def test_gives_up_when_asked_to(self, driver: str) -> None:
        reader = card_reader(with_driver(driver))
        plug_in.MADE[-1].insert(load("zoe"))
        assert read_card(reader, SLOT, cancelled=lambda: True) == Cancelled()

    def test_is_read_by_the_kiosk_like_any_reader(self, driver: str) -> None:
        reader = card_reader(with_driver(driver))
        plug_in.MADE[-1].insert(load("zoe"))
        contents = read_vitale(reader, SLOT, lambda _done, _expected: None, lambda: False)
        assert [one.given_name for one in getattr(contents, "beneficiaries", ())] == ["ZOE", "LINA", "LEO"]


def test_a_reader_that_decodes_is_told_from_one_that_exchanges() -> None:
    assert isinstance(plug_in.decoding(""), ReadsByItself)
    assert not isinstance(plug_in.exchanging(""), ReadsByItself)


def test_a_name_that_no_plug_in_has_is_a_mistake_in_the_settings() -> None:
    with pytest.raises(BadSettings, match=r"card\.driver"):
        card_reader(with_driver("no-such-reader"))
