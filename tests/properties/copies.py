"""What is kept sealed, copied before something of it goes: as a backup or a log would still hold it."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Copy:
    """One sealed body of a visit or a person."""

    subject: UUID
    part: str  # of a visit; empty: a person's fact
    nth: int
    body: bytes

    @property
    def opens(self) -> bool:
        """With the keys that there are now."""
        from kiosk.console.records import structure, subject_keys
        from kiosk.console.register import bodies
        from kiosk.sealing import CannotOpen

        try:
            if self.part:
                subject_keys.unlock(self.subject, self.body, structure.context_of(self.part, self.subject))
            else:
                bodies.opened(self.subject, self.nth, self.body)
        except CannotOpen:
            return False
        return True


def taken() -> tuple[Copy, ...]:
    """Of everything that is kept of visits and persons."""
    from kiosk.console.models import AuditEntry, FactBody, Sealed
    from kiosk.console.upkeep.keys import PARTS

    names = [name for _column, name in PARTS]
    of_visits = [
        Copy(key, name, 0, bytes(body))
        for key, *bodies in Sealed.objects.values_list("pk", *(column for column, _name in PARTS))
        for name, body in zip(names, bodies, strict=True)
        if body
    ]
    places = dict(AuditEntry.objects.exclude(person=None).values_list("number", "nth"))
    kept = FactBody.objects.values_list("pk", "subject", "body")
    return (*of_visits, *(Copy(whose, "", places[number], bytes(body)) for number, whose, body in kept))
