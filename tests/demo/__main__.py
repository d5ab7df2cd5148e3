"""``python -m tests.demo``: a patient who comes twice, a child, a member of staff, start to end; or everything up."""

import argparse
import json
import os
import shutil
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.demo.interactive import stay, window_size
from tests.demo.patient import Eyes, Patient
from tests.demo.processes import ROOT, StageTrouble, wait_until
from tests.demo.screen import Pointer, VirtualDisplay
from tests.demo.staff import StaffMember
from tests.demo.stage import PORTRAIT, Stage
from tests.demo.visits import play_first, play_phone, play_return


def play(out: Path, display: str | None) -> dict[str, Any]:
    """Play the whole walk; answers the report."""
    for old in out.glob("*.png"):
        old.unlink()
    with ExitStack() as open_things:
        if display is None:
            display = open_things.enter_context(VirtualDisplay(*PORTRAIT)).name
        size = window_size(display)
        stage = open_things.enter_context(
            Stage(out / "stage", films=out / "films", size=size, short_path=True, phones=True)
        )
        stage.prepare()
        stage.start_services()
        account = stage.add_account()
        stage.start_card_reader()
        kiosk = stage.start_kiosk(display=display)
        eyes = Eyes(stage.control)
        eyes.wait_for("welcome")
        patient = Patient(eyes, Pointer(display, kiosk.pid), out)
        staff = open_things.enter_context(StaffMember(stage.console_url, account, out))
        staff.sign_in()
        patient_ms, ticket = play_first(stage, patient)
        staff_began = time.monotonic()
        staff.wait_for_ticket(ticket)
        called_at = time.monotonic()
        staff.call_next(ticket)
        before = staff.status()
        staff.look_closer()
        staff.qualify("CN")
        after = staff.status()
        staff_ms = round((time.monotonic() - called_at) * 1000)
        timed = timings(stage, patient_ms, staff_ms, round((called_at - staff_began) * 1000))
        again_ms, again = play_return(stage, patient)
        staff.wait_for_ticket(again)
        met_at = time.monotonic()
        staff.meet_again(again)
        timed |= {"again_card_to_ticket": again_ms, "again_staff": round((time.monotonic() - met_at) * 1000)}
        status_again = staff.status()
        phone_ms, by_phone = play_phone(stage, patient)
        staff.wait_for_ticket(by_phone)
        phone_at = time.monotonic()
        staff.qualify_by_phone(by_phone)
        timed |= {"phone_to_ticket": phone_ms, "phone_staff": round((time.monotonic() - phone_at) * 1000)}
        report = {
            "check_in": _last(stage, "check-in-stored")["key"],
            "ticket": ticket,
            "status_before": before,
            "status_after": after,
            "screens": eyes.seen,
            "ticket_again": again,
            "status_again": status_again,
            "ticket_phone": by_phone,
            "status_phone": staff.status(),
            "timings_ms": timed,
        }
        eyes.close()
        return report


def timings(stage: Stage, patient_ms: int, staff_ms: int, queue_ms: int) -> dict[str, int]:
    """How long each part took, from the kiosk's own journal."""
    delivered = wait_until(lambda: _all(stage, "check-in-delivered"), 60, "the delivery in the journal")[-1]
    shots = _all(stage, "document-shot")
    stored = _last(stage, "check-in-stored")
    return {
        "card_read": int(_last(stage, "card-read")["duration_ms"]),
        "capture": sum(int(shot["capture_ms"]) for shot in shots),
        "mrz": int(shots[-1]["mrz_ms"]),
        "question": int(_last(stage, "question-brought")["duration_ms"]),  # nobody waits for what INSi says
        "seal": int(stored["seal_ms"]),
        "store": int(stored["store_ms"]),
        "deliver": int(delivered["duration_ms"]),
        "in_queue_after": queue_ms,
        "patient_total": patient_ms,
        "staff_total": staff_ms,
    }


def _all(stage: Stage, happening: str) -> list[dict[str, Any]]:
    return [entry for entry in stage.journal() if entry["happening"] == happening]


def _last(stage: Stage, happening: str) -> dict[str, Any]:
    found = _all(stage, happening)
    if not found:
        raise StageTrouble(f"the journal says nothing of {happening}")
    return found[-1]


def summary(report: dict[str, Any], seconds: float, out: Path) -> str:
    lines = [
        "",
        f"  Ticket {report['ticket']}: {report['status_before']} -> {report['status_after']}",
        f"  Ticket {report['ticket_again']}, the same person again, by the short path: {report['status_again']}",
        f"  Ticket {report['ticket_phone']}, a child on an appli carte Vitale: {report['status_phone']}",
        f"  Screens: {' > '.join(report['screens'])}",
        *(f"  {name:<21}{value:>8} ms" for name, value in report["timings_ms"].items()),
        f"  Report and pictures: {out}   ({seconds:.0f} s)",
        "",
    ]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.demo", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "demo")
    parser.add_argument("--interactive", action="store_true", help="keep everything up")
    asked = parser.parse_args()
    out = asked.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    display = os.environ.get("DISPLAY") or None
    began = time.monotonic()
    try:
        if asked.interactive:
            return stay(out, display)
        report = play(out, display)
    except StageTrouble as trouble:
        print(f"The demonstration stopped: {trouble}", file=sys.stderr)
        return 1
    (out / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    print(summary(report, time.monotonic() - began, out))
    shutil.rmtree(out / "stage", ignore_errors=True)
    reached = tuple(report[name] for name in ("status_before", "status_after", "status_again", "status_phone"))
    return 0 if reached == ("RETRIEVED", "QUALIFIED", "QUALIFIED", "QUALIFIED") else 1


if __name__ == "__main__":
    sys.exit(main())
