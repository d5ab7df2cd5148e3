"""``kiosk document``: read pictures, watch the guidance; ``kiosk simulate document``: put a film before the camera."""

import json
import secrets
import sys
import time
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(help="Pièce d'identité : lire une image, voir le guidage.", no_args_is_help=True)

EXIT_READ, EXIT_NO_DOCUMENT, EXIT_NO_MRZ, EXIT_NOT_CERTAIN = 0, 3, 4, 5
_LARGEST_FILE = 40_000_000  # bytes


@app.command()
def read(
    files: Annotated[list[Path], typer.Argument(help="Pictures: JPEG or PNG")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line")] = False,
    trust: Annotated[Path | None, typer.Option("--trust", help="Directory of the seals' certificates")] = None,
) -> None:
    """Read each picture; exit 0 read, 3 no document, 4 no MRZ found, 5 MRZ seen but not read with certainty.

    With several files, the worst of them decides. It prints what the document says: use it on specimens.
    """
    from kiosk.capture.reader import DocumentReader

    reader = DocumentReader()
    worst = EXIT_READ
    try:
        for file in files:
            facts, code = _read_one(reader, file, trust)
            worst = max(worst, code)
            if as_json:
                print(json.dumps({"file": file.name, **facts}, ensure_ascii=False), flush=True)
            else:
                _print_plain(file, facts)
    finally:
        reader.close()
    raise typer.Exit(worst)


def _read_one(reader: Any, file: Path, trust: Path | None) -> tuple[dict[str, Any], int]:
    from kiosk.capture.picture import decode
    from kiosk.capture.sight import look

    started = time.perf_counter()
    picture = decode(file.read_bytes()) if file.is_file() and file.stat().st_size <= _LARGEST_FILE else None
    if picture is None:
        return {"error": "not-a-picture"}, EXIT_NO_DOCUMENT
    sight = look(picture)
    reading = reader.read(picture, date.today())  # noqa: DTZ011 - the day on the wall is what an expiry means
    facts: dict[str, Any] = {
        "quality": {
            "sharpness": round(sight.sharpness, 3),
            "glare": round(sight.glare, 4),
            "luma": round(sight.luma, 1),
            "tilt": round(sight.tilt, 3),
            "width": round(sight.width, 3),
        },
        "corners": None
        if sight.corners is None
        else [[round(float(v), 1) for v in corner] for corner in sight.corners],
        "kind": str(reading.kind),
        "has_second_side": reading.has_second_side,
        "mrz": None,
        "seal": None if reading.mrz is None else _seal(picture, reading.mrz, trust),
        "seconds": 0.0,
    }
    mrz = reading.mrz
    if mrz is not None:
        traits = mrz.traits
        dates = (traits.birth_date, *traits.other_birth_dates)
        facts["mrz"] = {
            "format": mrz.format,
            "lines": list(mrz.lines),
            "fields": {
                "birth_name": traits.birth_name,
                "given_names": list(traits.given_names),
                "birth_dates": [day.text for day in dates if day is not None],
                "sex": str(traits.sex or ""),
                "document_number": mrz.document_number,
                "issuing_state": mrz.issuing_state,
                "nationality": mrz.nationality,
                "expiry": mrz.expiry,
                "birth_name_may_be_cut": traits.birth_name_may_be_cut,
                "given_names_may_be_cut": traits.given_names_may_be_cut,
            },
            "checks": dict(mrz.checks),
            "doubtful": [list(cell) for cell in mrz.doubtful],
            "accepted": mrz.accepted,
        }
    facts["seconds"] = round(time.perf_counter() - started, 3)
    if mrz is None:
        return facts, EXIT_NO_DOCUMENT if sight.corners is None else EXIT_NO_MRZ
    return facts, EXIT_READ if mrz.accepted else EXIT_NOT_CERTAIN


def _seal(picture: Any, mrz: Any, trust: Path | None) -> dict[str, Any] | None:
    from kiosk.capture.seal import read_seal
    from kiosk.documents.cev import check, contradicts
    from kiosk.documents.cev_trust import load_signers, verify

    seal = read_seal(picture)
    if seal is None:
        return None
    return {
        "verdict": str(check(seal, load_signers(trust) if trust else {}, verify)),
        "signer": f"{seal.authority}-{seal.certificate}",
        "signed": seal.signed.isoformat() if seal.signed else "",
        "fields": dict(seal.items),
        "contradicts": list(contradicts(seal, mrz.document_number, mrz.traits.birth_name, mrz.traits.given_names)),
    }


def _print_plain(file: Path, facts: dict[str, Any]) -> None:
    mrz = facts.get("mrz")
    if mrz is None:
        print(f"{file.name}: {facts.get('error') or 'no MRZ'}")
        return
    certainty = "read with certainty" if mrz["accepted"] else "not certain"
    print(f"{file.name}: {facts['kind']}, {mrz['format']}, {certainty}, {facts['seconds']} s")
    for line in mrz["lines"]:
        print(f"  {line}")


@app.command()
def watch(
    source: Annotated[str, typer.Argument(help="Camera index or path, or a film")] = "0",
    seconds: Annotated[float, typer.Option(help="Stop after this time")] = 60.0,
) -> None:
    """Follow the guidance live: one line at each change, and what the picture is worth when it takes itself."""
    from hardware.camera.base import CameraLost
    from hardware.camera.film import FilmCamera
    from hardware.camera.opencv import OpenCvCamera
    from kiosk.capture.session import CaptureSession
    from kiosk.core.document import Side

    is_film = Path(source).is_file() or Path(source).is_symlink()
    camera = FilmCamera(source) if is_film else OpenCvCamera(source)
    session = CaptureSession(Side.FIRST)
    shown = ""
    camera.open()
    started = time.monotonic()
    try:
        while (now := time.monotonic() - started) < seconds:
            frame = camera.read(1.0)
            if isinstance(frame, CameraLost):
                line = f"camera: {frame.reason}"
            else:
                seen = session.feed(frame, now)
                line = f"{seen.guidance}"
                if seen.shot is not None:
                    print(f"{now:6.1f} s  shot: {len(seen.shot.jpeg)} bytes, sharpness {seen.shot.sharpness:.2f}")
            if line != shown:
                print(f"{now:6.1f} s  {line}", flush=True)
                shown = line
    except KeyboardInterrupt:
        sys.exit(0)
    finally:
        camera.close()


def simulate_document(
    link: Annotated[Path, typer.Option("--link", help="The path that the film camera plays")],
    film: Annotated[Path | None, typer.Argument(help="A film; none: the tray is emptied")] = None,
) -> None:
    """Met un film de pièce d'identité devant la caméra simulée."""
    if film is not None and not film.is_file():
        typer.echo("this film does not exist", err=True)
        raise typer.Exit(2)
    put_into_tray(film, link)


def put_into_tray(film: Path | None, link: Path) -> None:
    """Point the film camera's link at another film, in one step; None empties the tray."""
    if link.exists() and not link.is_symlink():
        raise typer.BadParameter("the link's path is a file of its own: it is not replaced")
    if film is None:
        link.unlink(missing_ok=True)
        return
    link.parent.mkdir(parents=True, exist_ok=True)
    new = link.with_name(f".{link.name}.{secrets.token_hex(4)}")
    new.symlink_to(film.resolve())
    new.replace(link)
