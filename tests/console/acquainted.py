"""Somebody whom the console knows and has qualified: a person of the register, by its one writer.

``python -m tests.console.acquainted CONFIG``: Zoé, in the database of a console that is served elsewhere.
"""

import sys
from pathlib import Path
from uuid import UUID

from tests.people import ZOE, Person


def make_known(person: Person, *since: object, seen_with: Person | None = None) -> UUID:
    """Qualify them, seen with their own card or another's; ``since`` happened to them afterwards."""
    from kiosk.console import audit
    from kiosk.console.records import search
    from kiosk.console.register import bodies, writer
    from kiosk.console.register.writer import Told
    from kiosk.core.status.evidence import EvidenceTable
    from kiosk.core.status.person_events import InsiAnswered
    from kiosk.core.status.transitions import Actor, ActorKind, Created, EvidenceChecked, InsiAccepted
    from tests.console.arrivals import check_in_of

    somebody, number = writer.newcomer(), person.matricule
    mark, card = (
        bodies.mark_of(somebody.row.pk, number),
        next(kind for kind in EvidenceTable().types if kind.code == "CN"),
    )
    told = (
        Told(Created(), audit.Act.PERSON_OPENED),
        Told(InsiAnswered(mark), audit.Act.INSI_ANSWERED, matricule=number),
        Told(InsiAccepted(mark, True, True), audit.Act.ANSWER_TAKEN, cites=-1, matricule=number),
        Told(EvidenceChecked(card, True, "2026-11-29"), audit.Act.QUALIFIED),
        *(Told(event, audit.Act.DOUBTED) for event in since),
    )
    indexes = frozenset(search.indexes_of(check_in_of(seen_with or person)))
    return writer.open_person(writer.write_down(somebody, told, Actor(ActorKind.STAFF, "lea"), indexes=indexes)).pk


def main(config: Path) -> None:
    from kiosk.console.config import read_server_settings
    from kiosk.console.site.django_settings import configure

    configure(read_server_settings(config))
    make_known(ZOE)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
