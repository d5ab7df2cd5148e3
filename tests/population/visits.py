"""Who is known to the register and who comes, with everything that goes wrong at a desk."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random

from kiosk.core.identity.matricule import OID_NIA, OID_NIR
from kiosk.core.identity.traits import Traits
from kiosk.core.sources.card import CardAnomaly
from kiosk.core.status.returning import Known, Said
from tests.population.people import Somebody
from tests.population.sources import BY_TRAITS, DOMAIN, answer_of, card_of, mark, misread, typed, zone_of


@dataclass(frozen=True, slots=True)
class Record:
    """One person as the register knows them."""

    person: Somebody
    known: Known
    has_number: bool = True


@dataclass(frozen=True, slots=True)
class Visit:
    """One arrival: who stands there, whom card, letter and answer name, and what they say."""

    kind: str
    present: Somebody
    named: Somebody
    said: Said
    written: Traits | None = None  # by hand, where no source was read

    @property
    def is_honest(self) -> bool:
        return self.present is self.named

    @property
    def is_of_one(self) -> bool:
        """INSi did not answer about somebody else."""
        return self.said.answer is None or self.said.answer.matricule.number == self.present.number

    @property
    def sources(self) -> tuple[Traits, ...]:
        answer = self.said.answer.traits if self.said.answer is not None else None
        stated = (answer, self.said.document, self.said.card, self.said.unsure_document, self.written)
        return tuple(one for one in stated if one is not None)


def register_of(people: list[Somebody], random: Random) -> list[Record]:
    """Seven in ten are known: most as INSi has them, others as a hand wrote them; some wrongly, some twice."""
    records = []
    for number, person in enumerate(people):
        if random.random() < 0.7:
            records.append(_record(person, number, random))
            if random.random() < 0.01:  # known twice: the second without a matricule
                records.append(Record(person, Known(typed(person, random)), has_number=False))
    return records


def _record(person: Somebody, number: int, random: Random) -> Record:
    ipps = frozenset({(DOMAIN, f"ipp {number}")})
    flag = random.choice(("is_barred", "has_open_pair", "is_homonym")) if random.random() < 0.015 else ""
    flags = {flag: True} if flag else {}
    if random.random() < 0.4:
        return Record(person, Known(typed(person, random), ipps=ipps, **flags), has_number=False)
    traits = replace(person.as_insi_says(), name_in_use=person.name_in_use)
    relative, chance = person.twin or person.namesake or person.insured, random.random()
    oid = OID_NIA if chance < 0.01 else OID_NIR
    if chance > 0.99:  # INSi has corrected something since
        traits = replace(traits, birth_place_code="63113")
    # Somebody's error: it holds the matricule of another, who is not the same in all five traits. Were they, no machine
    # and no eye could tell this record from that other's.
    if relative is not None and relative.as_insi_says() != person.as_insi_says() and random.random() < 0.05:
        return Record(person, Known(traits, mark(relative.number, oid), ipps, **flags))
    return Record(person, Known(traits, mark(person.number, oid), ipps, **flags))


class Desk:
    """Makes visits."""

    def __init__(self, people: list[Somebody], random: Random) -> None:
        self.people, self.random = people, random
        self._number_of = {id(person): number for number, person in enumerate(people)}
        self._twins = [person for person in people if person.twin is not None]
        self._namesakes = [person for person in people if person.namesake is not None]
        self._kinds: tuple[tuple[float, Callable[[], Visit]], ...] = (
            (0.46, self._plain),
            (0.10, self._without_card),
            (0.08, self._with_letter),
            (0.10, self._by_hand),
            (0.05, self._borrowed_card),
            (0.05, self._in_the_twins_place),
            (0.04, self._rank_turned),
            (0.03, self._namesake),
            (0.02, self._namesakes_card),
            (0.02, self._namesakes_letter),
            (0.02, self._by_secondary_name),
            (0.015, self._letter_of_another),
            (0.015, self._answers_mixed_up),
        )

    def visits(self, count: int) -> Iterator[Visit]:
        weights, kinds = zip(*self._kinds, strict=True)
        for kind in self.random.choices(kinds, weights, k=count):
            yield kind()

    def _anybody(self) -> Somebody:
        return self.random.choice(self.people)

    def _twin(self) -> Somebody:
        return self.random.choice(self._twins)

    def _plain(self) -> Visit:
        person = self._anybody()
        return Visit("plain", person, person, self._said(person, self._document(person)))

    def _without_card(self) -> Visit:
        """A document alone; INSi asked with its traits."""
        person = self._anybody()
        document = zone_of(person, self.random)
        answer = answer_of(person, BY_TRAITS) if self.random.random() < 0.8 else None
        return Visit(
            "no card", person, person, Said(answer, mark(person.number) if answer else None, document=document)
        )

    def _with_letter(self) -> Visit:
        """A letter of the hospital with its identifier, and a document; at times the card too."""
        person = self._anybody()
        said = self._said(person, zone_of(person, self.random)) if self.random.random() < 0.5 else Said()
        said = replace(said, document=zone_of(person, self.random), ipp=self._letter(person))
        return Visit("hospital's letter", person, person, said)

    def _by_hand(self) -> Visit:
        person = self._anybody()
        return Visit("by hand", person, person, Said(), typed(person, self.random, is_careful=True))

    def _borrowed_card(self) -> Visit:
        """A relative's card or a stranger's; in half of the cases with a document, which is the bearer's own."""
        owner = self._anybody()
        lenders = [one for one in (owner.twin, owner.insured, owner.namesake) if one is not None]
        bearer = self.random.choice(lenders) if lenders and self.random.random() < 0.7 else self._anybody()
        kind = "borrowed card of a namesake" if bearer is owner.namesake else "borrowed card"
        return Visit(kind, bearer, owner, self._said(owner, self._document(bearer, 0.5)))

    def _in_the_twins_place(self) -> Visit:
        """On a card with both, the twin was chosen."""
        present = self._twin()
        assert present.twin is not None
        return Visit("twin chosen", present, present.twin, self._said(present.twin, self._document(present, 0.5)))

    def _rank_turned(self) -> Visit:
        """Twins without numbers and ranks: INSi was asked for one and answered the other."""
        present = self._twin()
        assert present.twin is not None
        is_guessed = self.random.random() < 0.5
        said = replace(
            self._said(present, self._document(present, 0.5)),
            answer=answer_of(present.twin),
            mark=mark(present.twin.number),
            card_number="",
            is_insured=False,
            card_anomalies=(CardAnomaly.BIRTH_RANK_GUESSED,) if is_guessed else (),
        )
        return Visit("rank turned", present, present, said)

    def _namesake(self) -> Visit:
        """Somebody who has a namesake of the same day comes; INSi may be asked with traits and answer the other."""
        present = self.random.choice(self._namesakes)
        assert present.namesake is not None
        if self.random.random() < 0.5:
            return Visit("namesake", present, present, self._said(present, self._document(present)))
        answer = answer_of(present.namesake, BY_TRAITS)
        said = Said(answer, mark(present.namesake.number), document=zone_of(present, self.random))
        return Visit("namesake by traits", present, present, said)

    def _namesakes_card(self) -> Visit:
        """The card of the namesake of the same day, no document; with one, no machine could tell them apart."""
        present = self.random.choice(self._namesakes)
        assert present.namesake is not None
        return Visit("namesake's card", present, present.namesake, self._said(present.namesake, None))

    def _namesakes_letter(self) -> Visit:
        """The letter of the namesake of the same day, with one's own document: again nothing tells them apart."""
        present = self.random.choice(self._namesakes)
        assert present.namesake is not None
        said = Said(document=zone_of(present, self.random), ipp=self._letter(present.namesake))
        return Visit("namesake's letter", present, present.namesake, said)

    def _by_secondary_name(self) -> Visit:
        """INSi found somebody by a later first name: at times a brother or a sister, or a namesake."""
        present = self._twin() if self.random.random() < 0.5 else self._anybody()
        found = present.twin if present.twin is not None and self.random.random() < 0.5 else present
        answer = answer_of(found, BY_TRAITS, ("found-by-secondary-name",))
        said = Said(answer, mark(found.number), document=zone_of(present, self.random))
        return Visit("secondary name", present, present, said)

    def _letter_of_another(self) -> Visit:
        """The letter of somebody at home, beside one's own document, with the card or without."""
        present = self._twin() if self.random.random() < 0.5 else self._anybody()
        other = present.twin or present.insured or self._anybody()
        card = self._said(present, None) if self.random.random() < 0.5 else Said()
        said = replace(card, document=zone_of(present, self.random), ipp=self._letter(other))
        return Visit("another's letter", present, present, said)

    def _answers_mixed_up(self) -> Visit:
        """A fault of software: the answer of one stands beside the card of another."""
        present = self._twin() if self.random.random() < 0.5 else self._anybody()
        other = present.twin or present.insured or present.namesake or self._anybody()
        said = replace(self._said(present, self._document(present)), answer=answer_of(other), mark=mark(other.number))
        return Visit("answers mixed up", present, present, said)

    def _document(self, person: Somebody, how_often: float = 0.65) -> Traits | None:
        return zone_of(person, self.random) if self.random.random() < how_often else None

    def _letter(self, person: Somebody) -> tuple[str, str]:
        return DOMAIN, f"ipp {self._number_of[id(person)]}"

    def _said(self, person: Somebody, document: Traits | None) -> Said:
        """Card and INSi's answer of one person; a document in three of four cases is read with certainty."""
        chance = self.random.random()
        answer = answer_of(person, flags=("bad-key",) if chance < 0.01 else ()) if chance < 0.9 else None
        has_number = person.insured is None or self.random.random() < 0.3
        unsure = misread(document, self.random) if document is not None and self.random.random() < 0.04 else None
        return Said(
            answer=answer,
            mark=mark(person.number) if answer is not None else None,
            card=card_of(person, self.random),
            card_number=person.number if has_number else "",
            is_insured=person.insured is None,
            card_anomalies=self._anomalies(person),
            document=None if unsure is not None else document,
            unsure_document=unsure,
        )

    def _anomalies(self, person: Somebody) -> tuple[CardAnomaly, ...]:
        if person.twin is not None and person.insured is not None and self.random.random() < 0.6:
            return (CardAnomaly.BIRTH_RANK_GUESSED,)
        return (CardAnomaly.TRUNCATED,) if self.random.random() < 0.004 else ()
