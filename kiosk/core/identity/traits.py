"""The traits that tell one person from all others (traits d'identité), as one source states them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk.core.confidential import Confidential
from kiosk.core.identity.dates import BirthDate


class Source(StrEnum):
    """Who says so. Each source states what it can: the card knows no sex, the document no commune."""

    CARD = "card"  # carte Vitale: as printed there, possibly the name in use
    DOCUMENT = "document"  # pièce d'identité
    INSI = "insi"  # téléservice INSi: the national reference
    APPLI = "appli"  # application carte Vitale, its attestation verified: the national reference too
    STAFF = "staff"  # typed or confirmed by a member of staff


class Channel(StrEnum):
    """How an identity was collected (mode d'obtention, PAM ZFD-5, FR Core), by its flow code."""

    MANUAL = "SM"  # saisie manuelle
    CARD = "CV"  # carte Vitale
    INSI = "INSI"  # search by traits
    DATAMATRIX = "CB"  # INS data matrix
    RFID = "RFID"
    APCV = "AV"  # application carte Vitale


class Sex(StrEnum):
    """Sexe. INSi knows only M and F (SEL EF_INS25_04)."""

    FEMALE = "F"
    MALE = "M"
    UNDETERMINED = "I"  # indéterminé: local value, never sent to INSi


class NameForm(StrEnum):
    """How a source writes names: what it cannot write is not a difference."""

    CIVIL = "civil"  # état civil: hyphens and apostrophes as they are
    MRZ = "mrz"  # ICAO Doc 9303: apostrophes omitted, hyphens and spaces alike
    MRZ_FRENCH_ID = "mrz-french-id"  # French card before 2021: apostrophes and hyphens become a filler


@dataclass(frozen=True, slots=True, repr=False)
class Traits(Confidential):
    """What one source states about one person. An empty string, an empty tuple or None: not stated there."""

    source: Source
    birth_name: str = ""  # nom de naissance
    name_in_use: str = ""  # nom utilisé; never compared with the birth name
    given_names: tuple[str, ...] = ()  # prénoms de naissance, in their official order
    given_names_text: str = ""  # liste des prénoms, exactly as returned (INSi ListePrenom)
    birth_date: BirthDate | None = None  # date de naissance
    other_birth_dates: tuple[BirthDate, ...] = ()  # as possible as birth_date: an MRZ has two-digit years
    sex: Sex | None = None  # sexe
    birth_place_code: str = ""  # code officiel géographique (COG), 5 characters
    name_form: NameForm = NameForm.CIVIL
    birth_name_may_be_cut: bool = False  # the field was full (MRZ)
    given_names_may_be_cut: bool = False
    collected_at: datetime | None = None  # aware
