"""The document of a case: drawn, marked SPÉCIMEN, and what a kiosk that read it would say of it."""

import functools
import random
from datetime import date
from importlib.resources import files

import cv2

from kiosk.capture.shot import to_jpeg
from kiosk.core.identity.places import PlaceTable
from kiosk.core.sources.document import (
    DocumentKind,
    DocumentPicture,
    DocumentReading,
    MrzReading,
    SealReading,
    Side,
)
from kiosk.documents import cev, cev_trust
from kiosk.documents.mrz import NotMrz, has_second_side, parse, propose_kind
from kiosk.documents.places import read_places
from kiosk.documents.validity import validity_of
from kiosk.training import seal
from kiosk.training.case import Cast, Paper, Read, Sealed
from kiosk.training.draw import Flat, Picture, draw
from kiosk.training.holder import SpecimenPerson
from kiosk.training.people import Person

_ONE_SIDED = ("passport", "french-id-1988")
_TOWNS = {"99352": "ORAN", "99350": "RABAT", "99351": "TUNIS"}  # as a document prints who was born abroad
_COVERED = (40, 41, 42)  # columns of the last line under the finger
_LATE = date(2100, 1, 1)

Shown = tuple[DocumentReading, tuple[DocumentPicture, ...]]


def paper_of(cast: Cast, today: date, seed: int = 0) -> Shown | None:
    """The document that is shown with this case: its pictures and their reading; None when none is."""
    paper, owner = cast.case.paper, cast.on_paper
    if paper is None or owner is None:
        return None
    holder = _holder(owner, paper)
    said: list[str] = []

    def sealing(sealed: SpecimenPerson, number: str) -> str:
        said.append(_sealed(sealed, number, paper.sealed))
        return said[-1]

    sides = ("front",) if paper.kind in _ONE_SIDED else ("front", "back")
    flats = [draw(holder, paper.kind, side, seed, sealing=sealing) for side in sides]
    pictures = tuple(
        DocumentPicture(side, to_jpeg(_as_seen(flat, paper.read, seed)))
        for side, flat in zip(Side, flats, strict=False)
    )
    return _reading(flats[-1], paper, said[-1] if said else "", today), pictures


def _holder(owner: Person, paper: Paper) -> SpecimenPerson:
    place = _printed(owner.birth_place_code) if paper.says_place else ""
    names = owner.birth_name, owner.given_names, owner.birth_date, owner.sex.value
    return SpecimenPerson(*names, place, owner.name_in_use, paper.expiry)


def _printed(code: str) -> str:
    return _TOWNS.get(code, "") or _places().name(code).upper() or f"COMMUNE {code}"


@functools.cache
def _places() -> PlaceTable:
    return read_places((files("assets") / "cog" / "communes.tsv").read_text(encoding="utf-8"))


def _sealed(holder: SpecimenPerson, number: str, sealed: Sealed) -> str:
    match sealed:
        case Sealed.NOT_VERIFIED:
            return seal.seal_text(holder, number)
        case Sealed.FALSE:  # signed with another given name
            return seal.seal_text(
                SpecimenPerson(holder.surname, ("INCONNU",), holder.birth_date, holder.sex),
                number,
                changed=("INCONNU", "/".join(holder.given_names)),
            )
        case Sealed.OTHERWISE:
            return seal.seal_text(
                SpecimenPerson("AUTREMENT", holder.given_names, holder.birth_date, holder.sex), number
            )


def _as_seen(flat: Flat, read: Read, seed: int) -> Picture:
    if read is Read.NOT:
        return cv2.GaussianBlur(flat.picture, (0, 0), 14)
    if read is Read.UNCERTAIN and flat.lines:
        return _with_a_finger(flat, random.Random(seed))
    return flat.picture


def _with_a_finger(flat: Flat, chance: random.Random) -> Picture:
    """A finger lies over the end of the last line."""
    picture = flat.picture.copy()
    left, top, right, bottom = flat.cell(len(flat.lines) - 1, _COVERED[1])
    middle = ((left + right) // 2, (top + bottom) // 2 + 30 + chance.randint(-6, 6))
    cv2.ellipse(
        picture, middle, ((right - left) * 3, (bottom - top) * 2), -70, 0, 360, (140, 165, 205), -1, cv2.LINE_AA
    )
    return picture


def _reading(flat: Flat, paper: Paper, said: str, today: date) -> DocumentReading:
    """What a kiosk says that read this side; of what it could not read, nothing."""
    if paper.read is Read.NOT:
        return DocumentReading(DocumentKind.UNKNOWN)
    is_certain = paper.read is Read.WELL
    doubtful = () if is_certain else tuple((len(flat.lines) - 1, column) for column in _COVERED)
    mrz = parse(flat.lines, today, doubtful=doubtful, accepted=is_certain)
    if isinstance(mrz, NotMrz):
        raise ValueError("the zone that was printed is none")
    kind = propose_kind(mrz)
    return DocumentReading(
        kind, mrz, has_second_side(kind, mrz.format), _seal_read(said, mrz, paper), validity_of(mrz, today)
    )


def _seal_read(said: str, mrz: MrzReading, paper: Paper) -> SealReading | None:
    read = cev.parse(said) if said else None
    if not isinstance(read, cev.Seal):
        return None
    trusted = {(seal.AUTHORITY, seal.CERTIFICATE): cev.Signer(seal.public_key(), date(2020, 1, 1), _LATE, None)}
    return cev.reading_of(read, mrz, trusted if paper.sealed is Sealed.FALSE else {}, cev_trust.verify)
