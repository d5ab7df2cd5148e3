"""The one place that picks concrete classes: from settings to a kiosk that can run."""

import threading
import time
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Protocol

from hardware.appli.base import PhoneReader
from hardware.appli.simulated import SimulatedPhoneReader
from hardware.cards.base import CardReader, NotVitale, Unreadable, VitaleFiles, VitaleRecords
from hardware.cards.pcsc import PcscReader
from hardware.cards.vitale_files import read_card
from kiosk import __version__, journal, mistakes, plug_ins, sealing
from kiosk.app.back_office import Place, StoreRoom
from kiosk.app.card_contents import contents_of
from kiosk.app.card_desk import CardDesk, Progress
from kiosk.app.conductor import Conductor, Crew, EventQueue
from kiosk.app.courier import Courier
from kiosk.app.darkroom import Darkroom
from kiosk.app.document_desk import DocumentDesk
from kiosk.app.insi_desk import InsiDesk
from kiosk.app.phone_desk import DEVICE, phone_desk
from kiosk.app.question_desk import QuestionDesk
from kiosk.app.recognition_desk import RecognitionDesk
from kiosk.app.storage_watch import StorageWatch
from kiosk.contact import told_once
from kiosk.control import ControlPort, NoWindow
from kiosk.core.sources.card import CardContents
from kiosk.core.turn import events as ev
from kiosk.core.turn.ports import InsiService
from kiosk.core.turn.screens import CardProblem, Screen, Touch
from kiosk.core.turn.step import Asking, Manners, ShortPath, State
from kiosk.heads import read_key
from kiosk.insi.config import config_from
from kiosk.insi.remote import QuestionsThroughConsole
from kiosk.insi.watch import CertificateWatch
from kiosk.journal import Happening
from kiosk.settings import SIMULATED, BadSettings, InsiSection, Settings
from kiosk.storage.acquaintance import ConsoleAcquaintance
from kiosk.storage.delivery import ConsoleLink
from kiosk.storage.heads import HeadKeeper
from kiosk.storage.outbox import Outbox, OutboxBusy, OutboxFull
from kiosk.ui.plan import Item
from kiosk.ui.preview import Preview
from kiosk.ui.window import KioskWindow

_STOP_SECONDS = 0.5  # for whatever is under way; who orders the end of a kiosk waits two seconds at most
_KEEP_SECONDS = 1.0  # for a check-in that is being kept


def _together(stops: Sequence[Callable[[], None]], seconds: float) -> None:
    """Have all of them end at once; one that does not in time is left behind."""
    ends_at = time.monotonic() + seconds
    ending = [threading.Thread(target=stop, name="stop", daemon=True) for stop in stops]
    for each in ending:
        each.start()
    for each in ending:
        each.join(max(0.0, ends_at - time.monotonic()))


class RunnableWindow(Protocol):
    """A window, or what stands for one."""

    def show(self, screen: Screen) -> None: ...

    def run(self) -> None: ...

    def close(self) -> None: ...


class Kiosk:
    """Everything of one terminal, wired; ``run`` blocks until ``stop``."""

    def __init__(self, settings: Settings, *, with_window: bool = True, outbox: Outbox | None = None) -> None:
        self._settings = settings
        settings.kiosk.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._events = EventQueue()
        self._outbox = outbox or _outbox(settings)
        self._certificate: CertificateWatch | None = None  # none: INSi's is where the console is
        if isinstance(settings.insi, InsiSection):
            self._certificate = CertificateWatch(config_from(settings.insi, settings.mode))
        self._darkroom = camera(settings)
        self._crew = self._hire()
        self._window = self._open_window() if with_window else self._no_window()
        manners = Manners(
            quiet=settings.kiosk.quiet_seconds,
            still_there=settings.kiosk.still_there_seconds,
            insi=settings.insi.patient_seconds if isinstance(settings.insi, InsiSection) else Manners().insi,
        )
        self._conductor = Conductor(
            self._events,
            self._crew,
            self._window,
            State(
                desk=settings.kiosk.desk,
                films_appli=settings.appli is not None and settings.appli.film_document,
                short_path=short_path(settings),
                asking=Asking.KIOSK if isinstance(settings.insi, InsiSection) else Asking.CONSOLE,
                manners=manners,
            ),
        )

    def run(self) -> None:
        """Work until ``stop``; the window has the main thread."""

        crew = self._crew
        conducting = threading.Thread(target=self._conductor.run, name="conductor", daemon=True)
        phones = (crew.phones,) if crew.phones is not None else ()
        workers = (
            *(crew.cards, *phones, crew.documents, crew.recognition, crew.insi),
            *(crew.store, crew.courier, crew.storage),
        )
        for worker in workers:
            worker.start()
        conducting.start()
        journal.record(Happening.STARTED, part="kiosk", version=__version__)
        try:
            self._window.run()
        finally:
            self._events.close()
            self._darkroom.stop()  # whoever waits for its answer hears that it is gone
            conducting.join(_STOP_SECONDS)
            _together([worker.stop for worker in workers if worker is not crew.store], _STOP_SECONDS)
            _together([self._finish_keeping], _KEEP_SECONDS)
            journal.record(Happening.STOPPED, part="kiosk")

    def _finish_keeping(self) -> None:
        self._crew.store.stop()
        self._outbox.close()

    def stop(self) -> None:
        """End ``run``, in order. From any thread."""
        self._window.close()

    def _hire(self) -> Crew:
        settings = self._settings
        where = settings.kiosk
        place = Place(where.name, where.desk, where.ticket_letter, settings.mode)
        recipient = sealing.load_recipient_public(settings.sealing.structure_key)
        courier = Courier(self._outbox, self._link(), where.desk, self._devices, self._health, told_once())
        phones = phone_reader(settings)
        return Crew(
            phones=phone_desk(phones, self._events.post) if phones is not None else None,
            cards=CardDesk(card_reader(settings), read_vitale, self._events.post),
            documents=DocumentDesk(self._darkroom, self._darkroom.eye, self._events.post),
            insi=self._insi_desk(),
            recognition=RecognitionDesk(acquaintance(settings), Manners().console, self._events.post),
            store=StoreRoom(
                self._outbox,
                lambda plain, context: sealing.seal(plain, recipient, context),
                place,
                self._events.post,
                courier.hurry,
            ),
            courier=courier,
            storage=StorageWatch(self._outbox, where.data_dir, self._events.post, lambda: courier.is_refused),
        )

    def _insi_desk(self) -> InsiDesk | QuestionDesk:
        section = self._settings.insi
        if isinstance(section, InsiSection):
            return InsiDesk(insi_service(section, self._settings.mode), section.patient_seconds, self._events.post)
        return QuestionDesk(questions(self._settings), self._events.post)

    def _link(self) -> ConsoleLink:
        return console_link(self._settings)

    def _devices(self) -> dict[str, str]:
        """How each device is, in a word."""
        crew = self._crew
        good = {
            "reader": crew.cards.reader_ok,
            "camera": crew.documents.camera_ok,
            "storage": crew.storage.ok,
            "outbox": not crew.storage.set_aside,
        }
        if crew.phones is not None:
            good[DEVICE] = crew.phones.reader_ok
        if isinstance(crew.insi, InsiDesk):
            good["insi"] = crew.insi.answers
        return {name: "ok" if is_good else "lost" for name, is_good in good.items()}

    def _health(self) -> dict[str, object]:
        """How this kiosk is, for the console; no person in it. Nothing is waited for: what was last seen is told."""
        waiting, parked = self._crew.storage.counts
        asked, within = self._crew.recognition.asked_lately()
        watch = self._certificate
        certificate = {"certificate_days": watch.days(datetime.now(UTC).date())} if watch is not None else {}
        return {
            "version": __version__,
            "mode": self._settings.mode,
            "place": self._settings.kiosk.place,
            "desk": self._settings.kiosk.desk,
            "devices": self._devices(),
            "queue": waiting + parked,
            "parked": parked,
            "asked": asked,
            "asked_seconds": within,
            **certificate,
            "disk_free_mb": self._crew.storage.free_bytes // 2**20,
            "at": _utc_now(),
        }

    def _open_window(self) -> RunnableWindow:
        settings = self._settings.kiosk

        def preview() -> Preview | None:
            newest = self._crew.documents.viewfinder.newest()
            if newest is None:
                return None
            number, frame = newest
            return Preview(frame.shape[1], frame.shape[0], frame.tobytes(), number)

        window = KioskWindow(
            lambda touch: self._touched(touch, window.showing),
            preview,
            settings.structure,
            fullscreen=settings.window == "fullscreen",
            size=(settings.width, settings.height),
        )
        control = ControlPort(settings.control) if settings.control else None

        def on_shown(name: str, items: list[Item]) -> None:
            if control is not None:
                described = [{**asdict(item), "touch": item.touch and item.touch.value} for item in items]
                control.tell({"screen": name, "items": described})

        window.on_shown = on_shown
        return window

    def _no_window(self) -> RunnableWindow:
        if self._settings.kiosk.control is None:
            raise BadSettings("kiosk.control: sans écran, écrivez le chemin d'une prise locale par où voir et presser")
        return NoWindow(self._settings.kiosk.control, self._touched)

    def _touched(self, touch: Touch, on: str) -> None:
        self._events.post(ev.Touched(touch, on))


def _outbox(settings: Settings) -> Outbox:
    try:
        return Outbox(settings.kiosk.data_dir / "outbox.db", mends=True)
    except OutboxBusy:
        raise BadSettings(
            f"kiosk.data_dir: un autre programme tient {settings.kiosk.data_dir}/outbox.db : arrêtez-le (fuser le "
            "nomme), le disque n'y est pour rien"
        ) from None
    except OutboxFull:
        raise BadSettings(
            f"kiosk.data_dir: rien ne peut être gardé dans {settings.kiosk.data_dir} : libérez le disque, ou corrigez "
            "les droits"
        ) from None


def card_reader(settings: Settings) -> CardReader:
    """The reader the settings name: PC/SC, or a plug-in of the entry point group ``kiosk.card_readers``."""
    if settings.card.driver == "pcsc":
        return PcscReader(settings.card.reader, allow_virtual=settings.mode != "production")
    make = plug_ins.called("kiosk.card_readers", settings.card.driver)
    if make is None:
        raise BadSettings(
            f"card.driver: aucun lecteur n'a le nom {settings.card.driver} : écrivez pcsc, ou installez son greffon"
        )
    reader: CardReader = make(settings.card.reader)
    return reader


def phone_reader(settings: Settings) -> PhoneReader | None:
    """The reader of the appli carte Vitale that the settings name: a plug-in of ``kiosk.phone_readers``; or none."""
    section = settings.appli
    if section is None:
        return None
    if section.driver == SIMULATED:
        if section.file is None:
            raise BadSettings("appli.file: les téléphones simulés demandent le chemin du fichier qui en tient lieu")
        return SimulatedPhoneReader(section.file)
    make = plug_ins.called("kiosk.phone_readers", section.driver)
    if make is None:
        raise BadSettings(
            f"appli.driver: aucun lecteur de téléphones ne s'appelle « {section.driver} » : installez son greffon, ou "
            "retirez [appli]"
        )
    reader: PhoneReader = make(section.source)
    return reader


def read_vitale(
    reader: CardReader, slot: str, progress: Progress, cancelled: Callable[[], bool]
) -> CardContents | CardProblem:
    """Read and decode the card in this slot."""
    match read_card(reader, slot, progress, cancelled):
        case VitaleFiles() | VitaleRecords() as reading:
            return contents_of(reading)
        case NotVitale():
            return CardProblem.NOT_VITALE
        case Unreadable("card-gone"):
            return CardProblem.REMOVED
        case _:
            return CardProblem.UNREADABLE


def camera(settings: Settings) -> Darkroom:
    """The camera the settings name, with the eye that looks through it: both in a process of their own."""
    chosen = settings.camera
    if chosen.driver == "film" and chosen.film is None:
        raise BadSettings("camera.film: le pilote film demande le chemin d'un film")
    order = chosen.model_dump(
        mode="json", include={"driver", "source", "film", "width", "height", "focus", "exposure_us"}
    )
    is_real = settings.mode == "production"
    return Darkroom({**order, "seals": _seals(settings), "only_plugged_in": is_real})


def _seals(settings: Settings) -> list[str]:
    """Certificates, authorities, revocation lists; none in production where nobody vouches for who signs."""
    chosen = settings.camera
    if settings.mode == "production" and chosen.seal_authorities is None:
        return ["", "", ""]
    return [str(one or "") for one in (chosen.seal_certificates, chosen.seal_authorities, chosen.seal_revocations)]


def insi_service(section: InsiSection, mode: str) -> InsiService:
    from kiosk.insi.client import InsiClient  # noqa: PLC0415 - zeep takes its time to load

    return InsiClient(config_from(section, mode))


def questions(settings: Settings) -> QuestionsThroughConsole:
    """The way to INSi through the console, over a link of its own."""
    recipient = sealing.load_recipient_public(settings.sealing.structure_key)
    return QuestionsThroughConsole(
        console_link(settings), lambda plain, context: sealing.seal(plain, recipient, context)
    )


def console_link(settings: Settings) -> ConsoleLink:
    """The signed way to the console."""
    key = sealing.load_signer(settings.sealing.kiosk_key)
    kiosk = settings.kiosk.name

    def signed(path: str, sent_at: str, body: bytes) -> str:
        return b64encode(sealing.sign(sealing.intake_message(path, kiosk, sent_at, body), key)).decode("ascii")

    heads = HeadKeeper(settings.kiosk.data_dir / "head", console_key(settings))
    return ConsoleLink(settings.console.url, settings.console.ca, kiosk, signed, _utc_now, heads)


def acquaintance(settings: Settings) -> ConsoleAcquaintance:
    """Who knows the people that have been here before: the console, over a link of its own."""
    recipient = sealing.load_recipient_public(settings.sealing.structure_key)

    def open_box(box: bytes, key: bytes, context: bytes) -> bytes | None:
        try:
            return sealing.unlock(box, key, context)
        except sealing.CannotOpen:
            return None

    return ConsoleAcquaintance(
        console_link(settings),
        settings.kiosk.name,
        lambda plain, context: sealing.seal(plain, recipient, context),
        open_box,
    )


def short_path(settings: Settings) -> ShortPath:
    """What the structure lets somebody skip whom the console knows."""
    if not settings.kiosk.short_path:
        return ShortPath.OFF
    return ShortPath.FILMED if settings.kiosk.short_path_film else ShortPath.ON


def console_key(settings: Settings) -> sealing.KioskKey | None:
    """What the console signs its heads with, as the enrolment wrote it; None when no file is named."""
    path = settings.sealing.console_key
    if path is None:
        return None
    try:
        key = read_key(path.read_text(encoding="ascii", errors="replace").strip())
    except OSError as trouble:
        raise BadSettings(
            f"sealing.console_key: {path} {mistakes.reason(trouble)} : corrigez le chemin ou les droits"
        ) from None
    if key is None:
        raise BadSettings(
            f"sealing.console_key: {path} n'est pas ce que kiosk keys enrol --console-key a écrit : refaites-le"
        )
    return key


def _utc_now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
