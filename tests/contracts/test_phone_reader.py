"""What every reader of the appli carte Vitale must do: the simulated one, and one that a site plugs in."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from hardware.appli.base import AppliRecords, PhoneReader
from hardware.appli.simulated import SLOT, SimulatedPhoneReader
from hardware.cards.base import Cancelled, CardInserted, CardRemoved, ReaderFound, ReaderLost, SlotEvent, Unreadable
from kiosk.app.phone_desk import contents_of, phone_desk
from kiosk.core.sources.card import CardContents
from kiosk.core.turn import events as ev
from kiosk.core.turn.screens import CardProblem
from kiosk.settings import AppliSection, BadSettings, Settings
from kiosk.wiring import phone_reader
from tests.demo.phones import record_of
from tests.demo.processes import wait_until
from tests.people import LEO, ZOE

PLUGGED: list[SimulatedPhoneReader] = []


def plugged_in(source: str) -> PhoneReader:
    """As a site's own distribution makes one: called with appli.source."""
    PLUGGED.append(SimulatedPhoneReader(Path(source)))
    return PLUGGED[-1]


FAMILY = AppliRecords((record_of(ZOE), record_of(LEO)), b"signed")


def settings_with(**said: object) -> Settings:
    return Settings.model_construct(appli=AppliSection.model_validate(said))


@pytest.fixture()
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "reader"
    folder.mkdir()
    return folder / "phone"


@pytest.fixture(params=["simulated", "plugged in"])
def reader(request: pytest.FixtureRequest, place: Path, monkeypatch: pytest.MonkeyPatch) -> PhoneReader:
    if request.param == "simulated":
        made = phone_reader(settings_with(driver="simulated", file=place))
    else:
        metadata = place.parents[1] / "a_sites_phones-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: a-sites-phones\nVersion: 1.0\n")
        points = "[kiosk.phone_readers]\nnfc = tests.contracts.test_phone_reader:plugged_in\n"
        (metadata / "entry_points.txt").write_text(points)
        monkeypatch.syspath_prepend(str(place.parents[1]))
        made = phone_reader(settings_with(driver="nfc", source=str(place)))
    assert made is not None
    return made


def show(place: Path, shown: AppliRecords = FAMILY) -> None:
    SimulatedPhoneReader(place).show(shown)


def read(reader: PhoneReader, cancelled: Callable[[], bool] = lambda: False) -> object:
    return reader.read_appli(SLOT, lambda _done, _expected: None, cancelled)


class TestAPhoneReader:
    def test_says_how_things_stand_and_what_changes(self, reader: PhoneReader, place: Path) -> None:
        ends_at = time.monotonic() + 20
        events: Iterator[SlotEvent] = reader.events(lambda: time.monotonic() > ends_at)
        assert next(events) == ReaderFound((SLOT,))
        show(place)
        assert next(events) == CardInserted(SLOT, b"")
        place.unlink()
        assert next(events) == CardRemoved(SLOT)
        place.parent.rmdir()
        assert next(events) == ReaderLost("no-reader")
        place.parent.mkdir()
        assert next(events) == ReaderFound((SLOT,))

    def test_ends_when_it_is_told_to(self, reader: PhoneReader) -> None:
        assert list(islice(reader.events(lambda: True), 5)) == []

    def test_gives_who_is_on_the_phone_and_what_the_application_signed(self, reader: PhoneReader, place: Path) -> None:
        show(place)
        assert read(reader) == FAMILY
        assert "ZOE" not in repr(read(reader))

    def test_says_that_the_phone_is_gone(self, reader: PhoneReader) -> None:
        assert read(reader) == Unreadable("card-gone")

    def test_gives_up_when_asked_to(self, reader: PhoneReader, place: Path) -> None:
        show(place)
        assert read(reader, lambda: True) == Cancelled()

    @pytest.mark.parametrize(
        "nonsense", [b"", b"[]", b'{"people": 1}', b"\xff", b'{"people": [{}], "attestation": ""}']
    )
    def test_never_raises(self, reader: PhoneReader, place: Path, nonsense: bytes) -> None:
        place.write_bytes(nonsense)
        assert isinstance(read(reader), Unreadable)
        place.write_bytes(bytes(10_000_000))
        assert read(reader) == Unreadable("too-long")

    def test_is_watched_and_read_by_the_kiosk(self, reader: PhoneReader, place: Path) -> None:
        posted: list[ev.Event] = []
        desk = phone_desk(reader, posted.append)
        desk.start()
        try:
            wait_until(lambda: ev.PhoneReaderCame() in posted, 20, "the reader")
            show(place)
            wait_until(lambda: ev.PhoneShown() in posted, 20, "the phone")
            desk.read(1)
            wait_until(lambda: [one for one in posted if isinstance(one, ev.CardRead)], 20, "who is on it")
            place.unlink()
            wait_until(lambda: not place.exists(), 5, "the phone to go")
            desk.read(2)
            wait_until(lambda: ev.CardNotRead(2, CardProblem.PHONE_REMOVED) in posted, 20, "that it is gone")
        finally:
            desk.stop()
        [shown] = [one.contents for one in posted if isinstance(one, ev.CardRead)]
        assert [person.given_name for person in shown.beneficiaries] == ["ZOE", "LEO"]
        assert not any(person.nir for person in shown.beneficiaries)  # nothing is ever asked with one
        assert shown.appli is not None and shown.appli.attestation == b"signed"
        assert [one.matricule for one in shown.appli.people] == [ZOE.matricule, LEO.matricule]
        assert ev.CardLeft() not in posted


def _with(**changes: object) -> AppliRecords:
    return AppliRecords((record_of(ZOE), replace(record_of(LEO), **changes)), b"signed")


@pytest.mark.parametrize(
    "hostile",
    [
        AppliRecords((), b"signed"),
        AppliRecords((record_of(ZOE),) * 21, b"signed"),
        AppliRecords((record_of(ZOE),), b""),
        AppliRecords((record_of(ZOE),), bytes(16 * 1024 + 1)),
        _with(birth_name=""),
        _with(birth_name="A" * 101),
        _with(birth_name="L\x1b[2JEO"),
        _with(given_names=()),
        _with(given_names=("LEO",) * 21),
        _with(birth_date="2012-4-2"),
        _with(birth_date="hier"),
        _with(sex="X"),
        _with(birth_place="750560"),
        _with(birth_rank="0"),
        _with(number="1" * 14),
        _with(key="123"),
        _with(oid="1." * 30),
    ],
)
def test_what_a_phone_says_too_much_of_is_shown_again(hostile: AppliRecords) -> None:
    assert contents_of(hostile) is CardProblem.PHONE


def test_what_it_does_not_state_is_staff_s_to_see() -> None:
    """A number, a sex or a date that is missing refuses nothing at the kiosk: the console's one predicate does."""
    read = contents_of(_with(number="", key="", oid="", sex="", birth_date="", birth_place=""))
    assert isinstance(read, CardContents) and len(read.beneficiaries) == 2


def test_a_kiosk_without_the_section_has_no_reader_of_phones() -> None:
    assert phone_reader(Settings.model_construct(appli=None)) is None


def test_a_name_that_no_plug_in_has_and_a_simulated_phone_without_its_file_are_mistakes_in_the_settings() -> None:
    with pytest.raises(BadSettings, match=r"appli\.driver: aucun lecteur de téléphones ne s'appelle « no-such »"):
        phone_reader(settings_with(driver="no-such"))
    with pytest.raises(BadSettings, match=r"appli\.file"):
        phone_reader(settings_with(driver="simulated"))


def test_simulated_phones_are_refused_in_production() -> None:
    settings = Settings.model_construct(
        mode="production", appli=AppliSection(driver="simulated"), camera=Settings.model_fields["camera"].default,
        kiosk=_Kiosk(), insi=Settings.model_fields["insi"].default,
    )  # fmt: skip
    with pytest.raises(BadSettings, match=r"appli\.driver: pas de téléphone simulé en production"):
        settings.refuse_simulations()


class _Kiosk:
    control = None
