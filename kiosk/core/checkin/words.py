"""The words a check-in is written with, apart from what the classes are called today.

Check-ins are kept for years, and kiosks and consoles are not updated in the same minute: a class may get another
name, its word stays. A field's word is its name; a field that gets another name keeps its word
(``field(metadata={"wire": "the old name"})``), and one that is not written has none (``{"wire": None}``). One that came
later is ``{"quiet": True}``: by default it is not written, for older consoles. An enum is written by its values.
``tests/fixtures/check_in_format.json`` holds all of it, and a test compares.
"""

from collections.abc import Mapping
from dataclasses import Field, fields
from functools import cache
from typing import Any

from kiosk.core.checkin.value import CheckIn
from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.matricule import Matricule
from kiosk.core.identity.traits import Traits
from kiosk.core.sources.appli import AppliPerson, AppliSaid
from kiosk.core.sources.document import DocumentPicture, MrzReading, SealReading, Validity
from kiosk.core.sources.insi import (
    Exchange,
    InsCertificateTrouble,
    InsFound,
    InsNotFound,
    InsRefused,
    InsSeveral,
    InsUnreachable,
    PastMatricule,
)

TAGS: dict[type, str] = {
    CheckIn: "CheckIn",
    Traits: "Traits",
    BirthDate: "BirthDate",
    Matricule: "Matricule",
    PastMatricule: "PastMatricule",
    Exchange: "Exchange",
    InsFound: "InsFound",
    InsNotFound: "InsNotFound",
    InsSeveral: "InsSeveral",
    InsRefused: "InsRefused",
    InsUnreachable: "InsUnreachable",
    InsCertificateTrouble: "InsCertificateTrouble",
    MrzReading: "MrzReading",
    DocumentPicture: "DocumentPicture",
    SealReading: "SealReading",
    Validity: "Validity",
    AppliPerson: "AppliPerson",
    AppliSaid: "AppliSaid",
}


def tag_of(kind: type) -> str:
    """The word that says what kind of thing a record is. TypeError for a class nobody gave one."""
    if kind not in TAGS:
        raise TypeError(f"{kind.__name__} has no word in the format of check-ins: give it one in TAGS, for good")
    return TAGS[kind]


@cache
def written_fields(kind: type) -> Mapping[str, Field[Any]]:
    """The fields that are written, by their words."""
    words = ((field.metadata.get("wire", field.name), field) for field in fields(kind))
    return {word: field for word, field in words if word is not None}
