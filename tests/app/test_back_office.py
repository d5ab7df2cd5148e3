"""What a turn collected becomes one check-in, sealed before it is kept."""

from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from kiosk import sealing
from kiosk.app.back_office import Place, StoreRoom, assemble
from kiosk.app.courier import Courier
from kiosk.core.checkin.codec import from_bytes, to_bytes
from kiosk.core.checkin.value import Way
from kiosk.core.sources.document import (
    DocumentKind,
    DocumentPicture,
    DocumentReading,
    SealReading,
    SealVerdict,
    Side,
    Validity,
    ValidityStatus,
)
from kiosk.core.sources.insi import InsFound, InsUnreachable
from kiosk.core.status.permissions import IdentityStatus
from kiosk.core.turn import events as ev
from kiosk.storage.delivery import ConsoleLink
from kiosk.storage.outbox import Outbox
from tests.demo.processes import wait_until
from tests.people import LEO, ZOE

PLACE = Place("hall-1", "3", "A")
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def order(**changes: object) -> ev.Submit:
    values: dict[str, object] = {
        "turn": 1,
        "beneficiary": ZOE.beneficiary(),
        "anomalies": (),
        "insi": InsFound(ZOE.matricule, ZOE.traits()),
        "reading": None,
        "pictures": (DocumentPicture(Side.FIRST, b"\xff\xd8jpeg"),),
        "document_refused": False,
    }
    return ev.Submit(**(values | changes))


def test_an_identity_insi_knows_and_the_card_agrees_with_is_retrieved() -> None:
    check_in = assemble(order(), "key", "A1", PLACE, NOW)
    assert check_in.status is IdentityStatus.RETRIEVED
    assert check_in.card_nir == ZOE.number + ZOE.key


def test_what_the_console_is_asking_is_named_with_when_the_card_was_read() -> None:
    asked = {"insi": InsUnreachable("through-console"), "question": "q-1", "card_read_at": NOW.isoformat()}
    check_in = assemble(order(**asked), "key", "A1", PLACE, NOW)
    assert (check_in.question, check_in.card_read_at) == ("q-1", NOW.isoformat())
    assert check_in.status is IdentityStatus.PROVISIONAL
    assert from_bytes(to_bytes(check_in)) == check_in
    without = assemble(order(**asked, beneficiary=None), "key", "A1", PLACE, NOW)
    assert without.card_read_at == ""


def test_an_answer_about_somebody_else_is_not_retrieved() -> None:
    check_in = assemble(order(insi=InsFound(LEO.matricule, LEO.traits())), "key", "A1", PLACE, NOW)
    assert check_in.status is IdentityStatus.PROVISIONAL


def test_a_kiosk_that_is_not_in_production_says_so_in_each_check_in_and_production_says_nothing() -> None:
    real, invented = (assemble(order(), "key", "A1", replace(PLACE, mode=mode), NOW) for mode in ("production", "demo"))
    assert (real.mode, real.in_production, invented.mode, invented.in_production) == ("", True, "demo", False)
    assert b'"mode"' not in to_bytes(real)  # a console of before reads all that there is
    assert from_bytes(to_bytes(invented)) == invented


def test_what_is_odd_in_an_answer_or_forbids_it_a_kiosk_leaves_to_staff() -> None:
    sound = InsFound(ZOE.matricule, ZOE.traits(), flags=("simulator",))
    demonstration = replace(PLACE, mode="demo")
    assert assemble(order(insi=sound), "key", "A1", demonstration, NOW).status is IdentityStatus.RETRIEVED
    assert assemble(order(insi=sound), "key", "A1", PLACE, NOW).status is IdentityStatus.PROVISIONAL
    for number in (replace(ZOE.matricule, key="00"), replace(ZOE.matricule, oid="x"), replace(ZOE.matricule, oid="")):
        answer = InsFound(number, ZOE.traits())
        check_in = assemble(order(insi=answer), "key", "A1", demonstration, NOW)
        assert (check_in.status, check_in.insi) == (IdentityStatus.PROVISIONAL, answer)


def test_a_child_without_a_number_keeps_the_insured_persons_beside_and_never_as_its_own() -> None:
    child = LEO.beneficiary()
    assert child.nir == ""
    check_in = assemble(
        order(beneficiary=child, insured=ZOE.beneficiary(), insi=InsUnreachable("timeout")), "key", "A1", PLACE, NOW
    )
    assert check_in.card_nir == ""
    assert check_in.insured_nir == ZOE.number + ZOE.key


def test_who_came_by_the_short_path_is_said_so_and_nothing_is_said_of_who_did_not() -> None:
    short = assemble(order(by_short_path=True, insi=InsUnreachable("not-asked"), pictures=()), "k", "A1", PLACE, NOW)
    assert (short.way, short.status) == (Way.SHORT, IdentityStatus.PROVISIONAL)
    assert from_bytes(to_bytes(short)) == short
    whole = assemble(order(), "k", "A1", PLACE, NOW)
    assert whole.way is None
    assert b'"way"' not in to_bytes(whole)  # a console of before reads it whole


def test_the_seal_and_the_validity_of_the_document_reach_staff() -> None:
    seal = SealReading(SealVerdict.FALSE, "FR05-0001", "2023-05-02", (("birth_name", "ADRUN"),))
    validity = Validity(ValidityStatus.EXPIRED, "2024-05")
    reading = DocumentReading(DocumentKind.FRENCH_ID_2021, seal=seal, validity=validity)
    check_in = assemble(order(reading=reading), "key", "A1", PLACE, NOW)
    assert (check_in.seal, check_in.document_validity) == (seal, validity)
    assert from_bytes(to_bytes(check_in)) == check_in


def test_when_the_patient_is_told_the_sealed_check_in_is_on_the_disk(tmp_path: Path) -> None:
    private = sealing.generate_recipient()
    outbox = Outbox(tmp_path / "outbox.db")
    posted: list[ev.Event] = []
    kept_when_told: list[list[str]] = []

    def post(event: ev.Event) -> None:
        posted.append(event)
        kept_when_told.append(Outbox(tmp_path / "outbox.db").waiting())

    room = StoreRoom(
        outbox, lambda plain, context: sealing.seal(plain, private.public_key, context), PLACE, post, lambda: None
    )
    room.start()
    room.submit(order())
    wait_until(lambda: posted, 20, "an answer")
    assert outbox.waiting() == [], "it leaves once its number is shown"
    room.deliver(1)
    room.stop()
    assert posted == [ev.Stored(1, "A1")]
    [[key]] = kept_when_told
    sealed = outbox.sealed(key)
    assert sealed is not None
    opened = from_bytes(sealing.open_sealed(sealed, private, b"check-in:" + key.encode()))
    assert (opened.key, opened.ticket, opened.status) == (key, "A1", IdentityStatus.RETRIEVED)


class _Stumbling(BaseHTTPRequestHandler):
    """A console that breaks over every check-in, and takes the rest."""

    protocol_version = "HTTP/1.1"
    heard: set[str]

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        what = self.path.split("/")[2]
        self.heard.add(what)
        self.send_response(500 if what == "check-ins" else 200)
        self.send_header("Content-Length", "0")
        self.send_header("X-Console-Version", "0.2.0")
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        """Nobody reads it."""


def test_who_calls_is_heard_while_the_console_stumbles_over_what_another_one_refused(tmp_path: Path) -> None:
    outbox, heard = Outbox(tmp_path / "outbox.db"), set[str]()
    outbox.put("a", b"x", "t")
    outbox.park("a", "http-422", "0.1.0")
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Stumbling,), {"heard": heard}))
    Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    link = ConsoleLink(url, tmp_path / "none.pem", "hall-1", lambda *_: "", lambda: "now")
    link.put_heartbeat({})  # it says its version
    heard.clear()
    courier = Courier(outbox, link, "3", dict, dict)
    courier.call_staff(ev.CallReason.HELP)
    courier.start()
    try:
        wait_until(lambda: heard >= {"check-ins", "calls", "heartbeat"}, 20, "a call and a heartbeat")
    finally:
        courier.stop()
        server.shutdown()
        server.server_close()
    assert outbox.counts() == (0, 1)
