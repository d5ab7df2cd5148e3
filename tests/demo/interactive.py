"""Everything up for a person: a window where there is a display, and keys to insert cards and show documents."""

import signal
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

from hardware.cards.simulated_process import SimulatorGone
from tests.demo.patient import Eyes
from tests.demo.processes import StageTrouble
from tests.demo.screen import VirtualDisplay, size_of
from tests.demo.staff import totp
from tests.demo.stage import LANDSCAPE, PORTRAIT, Stage
from tests.people import LEO, ZOE

KEYS = {
    "z": ("card", "zoe", "insert Zoé's carte Vitale (a family of three)"),
    "a": ("card", "zoe-alone", "insert a carte Vitale of one person"),
    "n": ("card", "nineteen", "insert a carte Vitale of nineteen people"),
    "b": ("card", "bank", "insert a bank card"),
    "x": ("pull", "", "pull the card out"),
    "p": ("phone", "", "show a phone with Zoé's appli carte Vitale (and Léo's)"),
    "o": ("no phone", "", "take the phone away"),
    "1": ("show", "id-front", "show the identity card, front"),
    "2": ("show", "id-back", "show the identity card, back"),
    "3": ("show", "old-id", "show the older identity card"),
    "4": ("show", "passport", "show a passport (born elsewhere)"),
    "0": ("clear", "", "take the document away"),
    "c": ("code", "", "give the sign-in code of the moment"),
    "q": ("quit", "", "end"),
}


def window_size(display: str) -> tuple[int, int]:
    """The terminal's own size where it fits on this display, the small landscape one where not."""
    width, height = size_of(display)
    return PORTRAIT if width >= PORTRAIT[0] and height >= PORTRAIT[1] else LANDSCAPE


def stay(out: Path, display: str | None) -> int:
    """Keep the stage up until ``q``, Ctrl-C or SIGTERM."""
    ended = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    with ExitStack() as open_things:
        if display is None:
            display = open_things.enter_context(VirtualDisplay(*PORTRAIT)).name
            print(f"No display here: the kiosk draws on the virtual display {display}.")
        stage = open_things.enter_context(
            Stage(out / "run", films=out / "films", size=window_size(display), short_path=True, phones=True)
        )
        stage.prepare()
        stage.start_services()
        account = stage.add_account()
        stage.start_card_reader()
        kiosk = stage.start_kiosk(display=display)
        Eyes(stage.control).wait_for("welcome")
        print(f"\nThe console is at   {stage.console_url}/   (its certificate is a test one: accept it)")
        print(f"Sign in as          {account.name}   password {account.password}   code: press c")
        print(f"Configuration       {stage.kiosk_config} (the kiosk), {stage.config} (the server)\n")
        print("\n".join(f"  {key}  {meaning}" for key, (_what, _which, meaning) in KEYS.items()), flush=True)
        listening = threading.Thread(target=_listen, args=(stage, account.totp_secret, ended), daemon=True)
        listening.start()
        while not ended.wait(0.5):
            if not kiosk.is_running:
                raise StageTrouble(f"the kiosk ended; see {kiosk.log}")
    print("Ended.")
    return 0


def _listen(stage: Stage, secret: str, ended: threading.Event) -> None:
    """Keys, each on a line of its own; without a keyboard everything simply stays up."""
    for line in sys.stdin:
        what, which, meaning = KEYS.get(line.strip().lower()[:1], ("", "", ""))
        try:
            _do(stage, what, which, secret, ended)
        except SimulatorGone as trouble:
            print(f"  not done: {trouble}", flush=True)
            continue
        if meaning:
            print(f"  done: {meaning}", flush=True)


def _do(stage: Stage, what: str, which: str, secret: str, ended: threading.Event) -> None:
    match what:
        case "card":
            stage.insert_card(which)
        case "pull":
            stage.pull_card()
        case "phone":
            stage.show_phone(ZOE, LEO)
        case "no phone":
            stage.take_phone()
        case "show":
            stage.show_document(which)
        case "clear":
            stage.clear_tray()
        case "code":
            print(f"  code: {totp(secret, time.time())}", flush=True)
        case "quit":
            ended.set()
