"""What a carte Vitale says, whoever read it: its beneficiaries, in the card's order."""

from dataclasses import dataclass
from enum import StrEnum

from kiosk.core.confidential import Confidential
from kiosk.core.sources.appli import AppliContents


class CardAnomaly(StrEnum):
    """Named oddities of a card: what could be read is kept, staff is told."""

    TRUNCATED = "truncated"
    NUMBERS_DO_NOT_MATCH = "numbers-do-not-match"
    NUMBER_MISSING = "number-missing"
    BAD_KEY = "bad-key"
    BAD_DATE = "bad-date"
    UNREADABLE_TEXT = "unreadable-text"
    TOO_MANY = "too-many"
    BIRTH_RANK_GUESSED = "birth-rank-guessed"  # twins, in the card's order: compare the given names


@dataclass(frozen=True, slots=True, repr=False)
class Beneficiary(Confidential):
    """One person of the card (bénéficiaire), as written there."""

    name: str  # may be the name in use
    given_name: str  # often the first only, may be cut
    birth_date: str  # "YYYY-MM-DD", lunar dates as they are; "" when unreadable
    birth_rank: str = "1"  # rang gémellaire
    nir: str = ""  # 13 characters; "" for a child without its own
    nir_key: str = ""
    birth_name: str = ""  # nom de naissance, where the reading states which it is: the card's own files do not


@dataclass(frozen=True, slots=True, repr=False)
class CardContents(Confidential):
    """The freely readable part of a carte Vitale; the insured (ouvrant droit) comes first."""

    beneficiaries: tuple[Beneficiary, ...]
    anomalies: tuple[CardAnomaly, ...] = ()
    appli: AppliContents | None = None  # where no card was read, but an appli carte Vitale: who they are in full
