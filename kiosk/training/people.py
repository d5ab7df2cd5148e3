"""Invented people: as the civil registry would know them, as a card bears them, as the simulated INSi finds them."""

from dataclasses import dataclass

from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.matricule import OID_NIR, Matricule, key_of
from kiosk.core.identity.names import normalise
from kiosk.core.identity.traits import Sex, Source, Traits
from kiosk.core.sources.card import Beneficiary
from kiosk.insi.simulated.population import Person as Known


@dataclass(frozen=True, slots=True)
class Person:
    """A fictional person as the civil registry and INSi would know them; printable, because it is nobody."""

    why: str  # the reason to exist
    birth_name: str
    given_names: tuple[str, ...]
    sex: Sex
    birth_date: str  # YYYY-MM-DD, lunar dates as they are
    birth_place_code: str  # COG
    number: str  # 13 characters, "" when INSi knows none
    oid: str = OID_NIR
    earlier: tuple[str, ...] = ()  # earlier matricules, 13 characters
    name_in_use: str = ""
    on_card: str = ""  # given name as the card has it, when not the first
    birth_rank: str = "1"
    card_has_number: bool = True

    @property
    def key(self) -> str:
        """The key (clé) of the number."""
        return key_of(self.number) if self.number else ""

    @property
    def matricule(self) -> Matricule:
        return Matricule(self.number, self.key, self.oid)

    @property
    def card_name(self) -> str:
        """The name a card bears: the name in use where there is one."""
        return self.name_in_use or self.birth_name

    @property
    def card_given_name(self) -> str:
        return self.on_card or self.given_names[0]

    def beneficiary(self) -> Beneficiary:
        """As a carte Vitale bears them."""
        number = self.number if self.card_has_number else ""
        key = self.key if number else ""
        return Beneficiary(self.card_name, self.card_given_name, self.birth_date, self.birth_rank, number, key)

    def traits(self, source: Source = Source.INSI) -> Traits:
        """Everything the reference knows, said by this source."""
        return Traits(
            source=source,
            birth_name=self.birth_name,
            given_names=self.given_names,
            given_names_text=" ".join(self.given_names),
            birth_date=BirthDate(self.birth_date) if self.birth_date else None,
            sex=self.sex,
            birth_place_code=self.birth_place_code,
        )


def known(person: Person, insured: Person | None = None) -> Known:
    """A person as the simulated service knows them; ``insured``: on whose card, when not on their own."""
    given = tuple(normalise(name) for name in person.given_names)
    return Known(
        normalise(person.birth_name),
        given,
        person.sex.value,
        person.birth_date,
        person.birth_place_code,
        person.number,
        person.key,
        person.oid,
        insured=insured.number if insured else "",
        birth_rank=person.birth_rank,
    )
