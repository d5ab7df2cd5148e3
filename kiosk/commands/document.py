"""``kiosk document``: read pictures, watch the guidance; ``kiosk simulate document``: put a film before the camera."""

import gettext
import json
import os
import secrets
import time
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

_ = gettext.gettext

app = typer.Typer(help="Pièce d'identité : lire une image, voir le guidage.", no_args_is_help=True)

EXIT_READ, EXIT_NO_DOCUMENT, EXIT_NO_MRZ, EXIT_NOT_CERTAIN = 0, 3, 4, 5
_LARGEST_FILE = 40_000_000  # bytes
_NOTHING: dict[str, Any] = {
    "quality": {}, "corners": None, "kind": "unknown", "mrz": None, "seal": None, "seconds": 0.0,
}  # fmt: skip
_TROUBLES = {
    EXIT_NO_DOCUMENT: _("aucun document"),
    EXIT_NO_MRZ: _("un document, pas de bande MRZ"),
    EXIT_NOT_CERTAIN: _("une bande MRZ illisible"),
}
_VERDICTS = {
    "genuine": _("authentique"),
    "false": _("altéré : la signature ne correspond pas"),
    "signer-expired": _("signé hors de la période du certificat"),
    "unknown-signer": _("non vérifié : certificat du signataire absent"),
    "not-verified": _("non vérifié : aucun certificat installé"),
}


@app.command()
def read(
    files: Annotated[list[Path], typer.Argument(help=_("Images : JPEG ou PNG"))],
    as_json: Annotated[bool, typer.Option("--json", help=_("Un objet JSON par ligne"))] = False,
    trust: Annotated[Path | None, typer.Option("--trust", help=_("Dossier des certificats des cachets (CEV)"))] = None,
    authorities: Annotated[Path | None, typer.Option("--authorities", help=_("Dossier de leurs autorités"))] = None,
    revocations: Annotated[Path | None, typer.Option("--revocations", help=_("Dossier de leurs listes (CRL)"))] = None,
) -> None:
    """Lit chaque image : 0 lue, 3 pas de document, 4 pas de bande MRZ, 5 bande vue sans certitude.

    Avec plusieurs fichiers, le plus mauvais résultat décide. Affiche ce que dit le document : à utiliser sur des
    spécimens.
    """
    from kiosk.capture.reader import DocumentReader
    from kiosk.documents import cev_chain
    from kiosk.documents.cev_trust import load_signers

    reader = DocumentReader()
    vouching = cev_chain.load(authorities, revocations) if authorities else None
    signers = load_signers(trust, vouching) if trust else {}
    worst = EXIT_READ
    try:
        for file in files:
            facts, code = _read_one(reader, file, signers)
            worst = max(worst, code)
            if as_json:
                print(json.dumps({"file": file.name, **facts}, ensure_ascii=False), flush=True)
            else:
                _print_plain(file, facts, code)
    finally:
        reader.close()
    raise typer.Exit(worst)


def _read_one(reader: Any, file: Path, signers: Any) -> tuple[dict[str, Any], int]:
    from kiosk.capture.picture import decode
    from kiosk.capture.sight import look

    started = time.perf_counter()
    picture = decode(file.read_bytes()) if file.is_file() and file.stat().st_size <= _LARGEST_FILE else None
    if picture is None:
        return {**_NOTHING, "error": "not-a-picture"}, EXIT_NO_DOCUMENT
    sight = look(picture)
    today = datetime.now().astimezone().date()  # the day on the wall is what an expiry means
    reading = reader.read(picture, today, signers)
    seconds = time.perf_counter() - started
    facts: dict[str, Any] = {
        "quality": _quality(sight),
        "corners": None
        if sight.corners is None
        else [[round(float(v), 1) for v in corner] for corner in sight.corners],
        "kind": str(reading.kind),
        "mrz": None if reading.mrz is None else _mrz(reading.mrz, reading.validity),
        "seal": None if reading.seal is None else _seal(reading.seal),
        "seconds": round(seconds, 3),
    }
    if reading.mrz is not None:
        return facts, EXIT_READ if reading.mrz.accepted else EXIT_NOT_CERTAIN
    if reader.find_zone(picture) is not None:
        return facts, EXIT_NOT_CERTAIN  # a zone stands there, and nothing sensible could be read
    return facts, EXIT_NO_DOCUMENT if sight.corners is None else EXIT_NO_MRZ


def _quality(sight: Any) -> dict[str, Any]:
    """Each measure with its verdict, by the limits of the automatic picture; none without a document."""
    from kiosk.capture.session import CaptureSettings

    limits = CaptureSettings()
    if sight.corners is None:
        return {}
    measures = {
        "sharpness": (sight.sharpness, sight.sharpness >= limits.soft_sharpness),
        "glare": (sight.glare, sight.glare <= limits.most_glare),
        "light": (sight.luma, limits.least_luma <= sight.luma <= limits.most_luma),
        "tilt": (sight.tilt, sight.tilt <= limits.most_tilt),
        "size": (sight.width, limits.least_width <= sight.width <= limits.most_width),
        "margin": (sight.margin, sight.margin >= limits.least_margin),
    }
    return {
        name: {"value": round(float(value), 4), "verdict": "good" if is_good else "poor"}
        for name, (value, is_good) in measures.items()
    }


def _mrz(mrz: Any, validity: Any) -> dict[str, Any]:
    traits = mrz.traits
    dates = (traits.birth_date, *traits.other_birth_dates)
    return {
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
            "validity": str(validity.status) if validity else "unknown",
            "valid_until": validity.until if validity else "",
            "is_extended": bool(validity and validity.is_extended),
        },
        "checks": dict(mrz.checks),
        "doubtful": [list(cell) for cell in mrz.doubtful],
        "accepted": mrz.accepted,
    }


def _seal(seal: Any) -> dict[str, Any]:
    return {
        "verdict": str(seal.verdict),
        "fields": dict(seal.fields),
        "signer": seal.signer,
        "signed": seal.signed,
        "contradictions": list(seal.contradictions),
    }


def _print_plain(file: Path, facts: dict[str, Any], code: int) -> None:
    mrz = facts["mrz"]
    if mrz is None:
        trouble = _("ce n'est pas une image lisible") if "error" in facts else _TROUBLES[code]
        print(f"{file.name} : {trouble}")
        return
    certainty = _("lue avec certitude") if mrz["accepted"] else _("lue sans certitude")
    print(f"{file.name} : {facts['kind']}, {mrz['format']}, {certainty}, {facts['seconds']} s")
    for line in mrz["lines"]:
        print(f"  {line}")
    if facts["seal"] is not None:
        print(_("  cachet : {verdict}").format(verdict=_VERDICTS[facts["seal"]["verdict"]]))


@app.command()
def watch(
    source: Annotated[str, typer.Argument(help=_("Numéro ou chemin de la caméra, ou film"))] = "0",
    seconds: Annotated[float, typer.Option(help=_("Durée, en secondes"))] = 60.0,
    driver: Annotated[str, typer.Option(help=_("auto, opencv, libcamera ou film"))] = "auto",
    no_window: Annotated[bool, typer.Option("--no-window", help=_("Des lignes seulement"))] = False,
) -> None:
    """Suit le guidage dans une fenêtre, avec une ligne à chaque changement ; rien de ce qui est filmé n'est gardé."""
    from kiosk.commands.watch import Watch, camera_for, in_window
    from kiosk.core.sources.document import Side

    if driver not in ("auto", "opencv", "libcamera", "film"):
        raise typer.BadParameter(_("auto, opencv, libcamera ou film"), param_hint="--driver")
    watching = Watch(camera_for(source, driver), Side.FIRST, seconds, lambda line: print(line, flush=True))
    has_display = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    try:
        if no_window or not has_display:
            watching.run()
        else:
            in_window(watching)
    except KeyboardInterrupt:
        watching.stop()


def simulate_document(
    link: Annotated[Path, typer.Option("--link", help=_("Chemin que joue la caméra simulée"))],
    film: Annotated[Path | None, typer.Argument(help=_("Un film ; aucun : le plateau est vidé"))] = None,
) -> None:
    """Met un film de pièce d'identité devant la caméra simulée."""
    if film is not None and not film.is_file():
        typer.echo(_("Ce film n'existe pas."), err=True)
        raise typer.Exit(2)
    put_into_tray(film, link)


def put_into_tray(film: Path | None, link: Path) -> None:
    """Point the film camera's link at another film, in one step; None empties the tray."""
    if link.exists() and not link.is_symlink():
        raise typer.BadParameter(_("Le chemin du lien est celui d'un vrai fichier : il n'est pas remplacé."))
    if film is None:
        link.unlink(missing_ok=True)
        return
    link.parent.mkdir(parents=True, exist_ok=True)
    new = link.with_name(f".{link.name}.{secrets.token_hex(4)}")
    new.symlink_to(film.resolve())
    new.replace(link)
