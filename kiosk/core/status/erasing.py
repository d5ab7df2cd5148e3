"""The end of a person's record: who may bring it about, and what stands afterwards, which is nothing.

A person is erased when a structure answers their request, or when the time of their record is over; their key is
destroyed with it, so that what facts said of them opens nowhere (identity-register: a person's key lives as long as the
record). The facts stay, without what they said. From then on:

- No identity stands: evidence, matricule and attributes rested on what nobody can look at again. Who was qualified is
  withdrawn like anybody whose qualification goes (property 22), and the matricule is released: were it still held, the
  same human would find it held by another for ever, and could never be qualified anew (property 2).
- What INSi had answered belongs to an earlier epoch, and there is no decision to be taken back.
- No fact can follow, not even a visit: who comes again is somebody new. A record that led to another one still does;
  nobody parts them any more.

No machine brings this about for anybody of whom something was established or decided: a clock must never lose a
patient. A worker may erase only who is nobody's, opened by a decision that was taken back.
"""

from kiosk.core.status.person_events import Erased, Kept
from kiosk.core.status.standing import Basis, Fact, Standing
from kiosk.core.status.transitions import ActorKind, Refusal


def erased(standing: Standing, fact: Fact, event: Erased) -> Standing | Refusal:
    """Nothing stands any more, where all that can be opened goes; a copy of a document takes nothing along (20)."""
    if event.what is Kept.COPY:
        return standing
    is_by_clock = fact.by.kind is ActorKind.WORKER and is_nobodys(standing)
    if fact.by.kind is not ActorKind.STAFF and not is_by_clock:
        return Refusal.ONLY_STAFF
    return Standing(basis=Basis(epoch=fact.nth), absorbed_by=standing.absorbed_by, erased_at=fact.at.isoformat())


def is_nobodys(standing: Standing) -> bool:
    """Nothing was established, and nobody has decided anything that still stands; a look-alike's mark says nothing."""
    identity = standing.identity
    is_established = identity.is_obtained or identity.is_checked or identity.is_barred
    return not is_established and not standing.basis.decided_at and not standing.absorbed_by
