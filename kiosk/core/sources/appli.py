"""What an appli carte Vitale says (ApCV, the carte Vitale on a phone), as a kiosk read it: nothing of it is proven.

The attestation is what the application signed, whatever its form: a kiosk carries it and cannot judge it. Who holds the
issuer's keys does (``status.attestation``). Everything is bounded here: it comes from outside twice, from a phone and
from a kiosk.
"""

from dataclasses import dataclass

from kiosk.core.confidential import Confidential
from kiosk.core.identity.matricule import Matricule
from kiosk.core.identity.traits import Traits

MOST_PEOPLE = 20  # the holder (titulaire), and dependants (ayants droit)
LONGEST_ATTESTATION = 16 * 1024
LONGEST_NAME = 100  # ins-rules 1.2
MOST_NAMES = 20
_LONGEST = {"number": 13, "key": 2, "oid": 40}


@dataclass(frozen=True, slots=True, repr=False)
class AppliPerson(Confidential):
    """The holder or a dependant: the five traits and the matricule INS. ValueError when no application says so much."""

    traits: Traits
    matricule: Matricule
    birth_rank: str = "1"  # rang gémellaire

    def __post_init__(self) -> None:
        names = (self.traits.birth_name, self.traits.given_names_text, *self.traits.given_names)
        is_bounded = all(len(name) <= LONGEST_NAME and name.isprintable() for name in names)
        is_numbered = all(len(getattr(self.matricule, part)) <= most for part, most in _LONGEST.items())
        is_ranked = len(self.birth_rank) == 1 and self.birth_rank in "123456789"
        if not (is_bounded and is_numbered and is_ranked) or len(self.traits.given_names) > MOST_NAMES:
            raise ValueError("more than an application carte Vitale says of one person")
        if len(self.traits.birth_place_code) > 5 or self.traits.name_in_use:
            raise ValueError("not the five traits of one person")


@dataclass(frozen=True, slots=True, repr=False)
class AppliSaid(Confidential):
    """Whom the patient chose of those on the phone, and what the application signed of all of them."""

    person: AppliPerson
    attestation: bytes

    def __post_init__(self) -> None:
        if not 0 < len(self.attestation) <= LONGEST_ATTESTATION:
            raise ValueError("an attestation has at most 16 KiB")


@dataclass(frozen=True, slots=True, repr=False)
class AppliContents(Confidential):
    """Everybody on the phone, the holder first."""

    people: tuple[AppliPerson, ...]
    attestation: bytes

    def said_of(self, index: int) -> AppliSaid:
        return AppliSaid(self.people[index], self.attestation)
