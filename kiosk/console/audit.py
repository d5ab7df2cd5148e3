"""The audit trail (journal des actes): append-only, each entry chained to the one before with a key kept elsewhere.

Whoever alters, removes, reorders or cuts entries in the database without the key is found by ``verify``.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from kiosk.console import chain, keyring
from kiosk.console.chain import MOST_BROKEN, Broken, Walked
from kiosk.console.models import Arrival, AuditEntry, AuditHead, Person, Staff, Terminal, rows
from kiosk.console.models.proven import Unproven
from kiosk.console.said import Said

_KEY_LENGTH = 36  # of a visit's key, as it is written
_UNPROVEN = bytes(32)
A_KIOSK = "kiosk"  # who, in an act about a visit: which one is closed (``models.places``)


class Act(StrEnum):
    """Everything that is written down."""

    TAKEN_IN = "taken-in"
    OPENED = "opened"  # an identity was looked at
    PERSON_OPENED = "person-opened"  # somebody is known from now on
    VISIT_ATTACHED = "visit-attached"  # a visit is a known person's
    VISIT_DETACHED = "visit-detached"
    SAID_NEW = "said-new"  # none of those who look alike
    TRAITS_STATED = "traits-stated"
    PRESENCE_CHECKED = "presence-checked"  # who was qualified stands here
    INSI_ANSWERED = "insi-answered"  # about a known person: an observation
    APPLI_ATTESTED = "appli-attested"  # what an appli carte Vitale says, verified: an observation
    APPLI_READ = "appli-read"  # staff say that it is this person's
    ANSWER_TAKEN = "answer-taken"  # INSi's answer becomes this person's
    INS_REPLACED = "ins-replaced"
    EVIDENCE_SEEN = "evidence-checked"
    FIRST_NAME = "first-name-chosen"
    REFUSED = "refused"  # a rule forbade it: nothing changed
    MIGRATED = "migrated"  # as an earlier version left it
    ERASED = "erased"  # of a person: nothing of theirs can be opened any more
    PICTURE_SEEN = "picture-seen"  # consultation of a copy of a document
    CALLED = "called"
    RELEASED = "released"
    PUT_BACK = "put-back"  # taken up, and left as it was
    HELD = "held"
    GONE = "gone"
    UNDONE = "undone"
    QUALIFIED = "qualified"
    VALIDATED = "validated"
    INS_ACCEPTED = "ins-accepted"
    INS_REFUSED = "ins-refused"
    SET_ASIDE = "set-aside"
    DOUBTED = "doubted"
    CLEARED = "cleared"  # an attribute was removed
    DOWNGRADED = "downgraded"
    TRANSFERRED = "transferred"
    INSI_ASKED = "insi-asked"
    INSI_OBSERVED = "insi-observed"  # an answer after the decision: kept beside, nothing changes
    INSI_REQUESTED = "insi-requested"  # by staff, with other criteria
    CARD_TOO_OLD = "card-too-old"  # read too long ago to ask INSi with it, and nothing else asks: staff's
    COMPLETED = "completed"  # complementary traits
    NOTED = "noted"  # the unit left a note for the desk
    NOTE_REMOVED = "note-removed"
    VERIFIED = "verified"  # INSi asked whether the matricule is still right
    VERIFICATION_REQUESTED = "verification-requested"  # of one identity, by the unit
    CAMPAIGN_STARTED = "campaign-started"
    CAMPAIGN_STOPPED = "campaign-stopped"
    PAIR_FOUND = "pair-found"
    MERGED = "merged"
    SPLIT = "split"  # un-merge
    SET_APART = "set-apart"  # two people
    SHEET_PRINTED = "sheet-printed"
    SEARCHED = "searched"
    ANSWERED = "call-answered"
    SIGNED_IN = "signed-in"
    SIGN_IN_REFUSED = "sign-in-refused"
    SIGNED_OUT = "signed-out"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    ACCOUNT_ADDED = "account-added"
    ACCOUNT_CHANGED = "account-changed"
    ACCOUNT_ASKED = "account-asked"  # a second person is to agree
    ACCOUNT_AGREED = "account-agreed"
    ACCOUNT_REFUSED = "account-refused"
    ACCOUNT_ENROLLED = "account-enrolled"  # its owner has chosen a password and a second factor
    ACCOUNT_REPAIRED = "account-repaired"  # its row no longer proved itself: made anew as the trail had it
    SESSION_ENDED = "session-ended"  # by its owner, from another one
    KIOSK_ENROLLED = "kiosk-enrolled"
    KIOSK_INVITED = "kiosk-invited"
    KIOSK_REVOKED = "kiosk-revoked"
    RECOGNITIONS_STOPPED = "recognitions-stopped"  # a kiosk asked about more people than come to one
    QUESTIONS_STOPPED = "questions-stopped"  # a kiosk asked INSi about more people than come to one
    KIOSK_EXCEEDED = "kiosk-exceeded"  # a kiosk does what no kiosk does
    ANSWER_REPORTED = "answer-reported"  # of before the update: what a kiosk alone said INSi answered no longer counts
    QUESTION_DROPPED = "question-dropped"  # what a kiosk asked INSi served no visit
    REMOVED = "removed"  # purge
    EMERGENCY_TAKEN = "emergency-taken"
    EMERGENCY_USED = "emergency-used"  # a page only the emergency opened
    EMERGENCY_ENDED = "emergency-ended"
    EMERGENCY_SEEN = "emergency-seen"  # somebody else looked into it
    RESEALED = "resealed"
    KEYS_RENEWED = "keys-renewed"  # the key of the keys' store
    EXPORTED = "exported"
    TRAIL_READ = "trail-read"  # somebody looked up what was done about a dossier, or its person
    REGISTER_FOUND = "register-found"  # something is not as it was written
    REGISTER_SEEN = "register-seen"  # an officer has seen that
    TRAIL_REKEYED = "secret-changed"  # from this act on links are made with the key of another secret
    ROWS_REPROVEN = "secret-renewed"  # and every row is proven with it
    PLACES_CLOSED = "places-closed"  # at the update: where visits were stands in clear no more
    PEOPLE_INVENTED = "people-invented"  # this database holds invented people: production never serves it
    TABLES_UPDATED = "tables-updated"  # to which version: older ones are not taken over any more
    ROWS_PROVEN = "rows-proven"  # at the update: what an earlier version left was taken as it stood
    INDEXES_CLOSED = "indexes-closed"  # after it: no fingerprint leads to a visit in clear any more


# What changes an account, and a kiosk's enrolment: the row says which of these acts left it as it is.
OF_AN_ACCOUNT = (Act.ACCOUNT_ADDED, Act.ACCOUNT_CHANGED, Act.ACCOUNT_ENROLLED, Act.ACCOUNT_REPAIRED)
OF_A_KIOSK = (Act.KIOSK_ENROLLED, Act.KIOSK_REVOKED)
_LEAVES: Mapping[str, tuple[type[Staff] | type[Terminal], str]] = {
    **dict.fromkeys(OF_AN_ACCOUNT, (Staff, "username")),
    **dict.fromkeys(OF_A_KIOSK, (Terminal, "name")),
}

# What a process remembers that was said: who alters such an act later gives no right back, and moves no visit.
REMEMBERED = (*OF_AN_ACCOUNT, *OF_A_KIOSK, Act.EMERGENCY_ENDED, Act.PEOPLE_INVENTED)
MOVES_NOT = (Act.OPENED, Act.PICTURE_SEEN, Act.SHEET_PRINTED, Act.REFUSED, Act.TRAIL_READ)  # of a visit
_of_rights, of_visits = Said(20_000), Said(5_000)  # accounts and kiosks are hundreds; visits of a day


@dataclass(frozen=True, slots=True)
class Head:
    """The last link."""

    number: int
    chained: bytes
    is_proven: bool  # False: somebody without the key wrote it


Detail = str | int | bool | None


@dataclass(frozen=True, slots=True)
class OfPerson:
    """What an act is to a person: one fact of theirs. Only ``kiosk.console.register`` makes these."""

    person: UUID
    nth: int
    kind: str
    codes: str  # JSON
    actor: str
    effective_at: datetime
    cites: int = 0
    decision: int = 0
    digest: bytes = b""  # of its sealed body


@dataclass(frozen=True, slots=True)
class Done:
    """One act to be written: codes and keys only, never a trait."""

    act: Act
    who: str
    where: str = ""
    about: str = ""
    details: Mapping[str, Detail] = field(default_factory=dict)
    fact: OfPerson | None = None


def record(act: Act, *, who: str, where: str = "", about: str = "", **details: Detail) -> None:
    """Write one act, in the transaction of what it reports: both are kept, or neither."""
    record_all([Done(act, who, where, about, details)])


def record_all(acts: Sequence[Done]) -> tuple[int, bytes]:
    """Write several acts, one behind the other, as ``record`` writes one; gives the last one's number and link."""
    return append(to_append(acts))


def to_append(acts: Sequence[Done]) -> list[AuditEntry]:
    """Acts as they are to be written, but for what only the trail's end gives: nobody need wait meanwhile."""
    return [
        AuditEntry(
            who=done.who,
            where=done.where,
            act=done.act,
            about=done.about,
            details=json.dumps(done.details, sort_keys=True, ensure_ascii=True),
            **(_columns(done.fact) if done.fact is not None else {}),
        )
        for done in acts
    ]


def append(entries: Sequence[AuditEntry]) -> tuple[int, bytes]:
    """Give entries their numbers, hours and links, and write them; gives the last one's number and link."""
    with transaction.atomic(savepoint=False):  # what failed here takes with it what it reports
        left = _left_by(entries)
        head = _locked_head()
        key = chain.key_of(head)  # what somebody else wrote there is never made ours by writing on
        _hang_on(head, entries, key or keyring.key(keyring.CHAIN))
        head.proof = chain.proof(head, key) if key is not None else _UNPROVEN
        rows.update(head, "last_number", "chained", "proof")
        for row, entry in left:
            row.at_act = entry.number
            row.save(update_fields=["at_act"])
        transaction.on_commit(lambda: remember(entries))
        return head.last_number, bytes(head.chained)


def remember(entries: Iterable[AuditEntry]) -> None:
    """Remember in this process that these were said."""
    for entry in entries:
        if entry.act in REMEMBERED:
            subject = _subject(entry.act, entry.about or str(json.loads(entry.details).get("number")))
            _of_rights.note(subject, (entry.number, entry.act))
        elif len(entry.about) == _KEY_LENGTH and entry.act not in MOVES_NOT:
            of_visits.note(entry.about, (entry.number, entry.act))


def remembered(act: Act, about: str) -> int:
    """The number of the last act of this kind about this one that this process knows of; 0 when it knows of none."""
    return max((number for number, _act in _of_rights.of(_subject(act, about))), default=0)


def forget() -> None:
    """Remember nothing: for another database."""
    _of_rights.forget()
    of_visits.forget()


def _subject(act: str, about: str) -> str:
    """An account, a kiosk or a right, however many acts there are about each."""
    return f"{_LEAVES[act][0].__name__ if act in _LEAVES else act}:{about}"


def change_key(done: Done) -> bool:
    """Write this act with the current secret's key, and go on with that one; False when the trail does so already.

    Unproven when somebody else wrote the trail's end: an officer sees that first.
    """
    with transaction.atomic():
        head, fresh = _locked_head(), keyring.key(keyring.CHAIN)
        key = chain.key_of(head)
        if key is None:
            raise Unproven("the trail's head is not ours")
        if key == fresh:
            return False
        _hang_on(head, to_append([done]), fresh)
        head.proof = chain.proof(head, fresh)
        rows.update(head, "last_number", "chained", "proof")
        return True


def goes_on_with_current() -> bool:
    """Whether the trail's end is proven by the current secret; also before the first act."""
    head = AuditHead.objects.filter(pk=1).first()
    return head is None or chain.key_of(head) == keyring.key(keyring.CHAIN)


def _hang_on(head: AuditHead, entries: Sequence[AuditEntry], key: bytes) -> None:
    """Write entries behind the last one, and move the head, which the caller holds and proves."""
    for entry in entries:
        entry.number, entry.at = head.last_number + 1, timezone.now()
        entry.chained = chain.link(bytes(head.chained), entry, key)
        head.last_number, head.chained = entry.number, entry.chained
    rows.insert(AuditEntry, entries)


def _left_by(entries: Sequence[AuditEntry]) -> list[tuple[Staff | Terminal, AuditEntry]]:
    """The accounts and kiosks that these acts leave as they are now, held; what is not ours stays so."""
    left = []
    for entry in entries:
        if entry.act in _LEAVES:
            model, name = _LEAVES[entry.act]
            row = model._base_manager.select_for_update().filter(**{name: entry.about}).first()
            left += [(row, entry)] if row is not None and row.is_proven else []
    return left


def hold() -> None:
    """Let nobody write an act before this transaction ends: nobody becomes known then, and nobody is changed."""
    with connection.cursor() as cursor:
        _ask_for_head(cursor)


def _columns(fact: OfPerson) -> dict[str, Any]:
    return {part.name: getattr(fact, part.name) for part in fields(fact)}


def walk(start: Walked, upto: int, most: int | None = None) -> Walked:
    """Read on from where another stretch ended, up to an act, at most so many."""
    stretch = AuditEntry.objects.filter(number__gt=start.number, number__lte=upto).order_by("number")
    return chain.read_on(stretch.values_list(*chain.Kept._fields)[:most].iterator(chunk_size=2000), start)


def ends_rightly(walked: Walked, head: Head | None) -> tuple[Broken, ...]:
    """Whether a trail read to its end ends where the head, read before it, says."""
    last = AuditEntry.objects.order_by("-number").values_list("number", flat=True).first() or 0
    if last > last_number():  # what was written since then has moved the head in the same transaction
        return (Broken(last, "head"),)
    if not last and _is_lived_in():
        return (Broken(1, "missing"),)  # emptied: whoever came, or was enrolled, left an act
    if head is None:
        return ()
    if not head.is_proven:
        return (Broken(head.number, "head", head.chained),)
    if (walked.number, walked.chained) != (head.number, head.chained):
        return (Broken(walked.number + 1, "cut", head.chained),)
    return ()


def _is_lived_in() -> bool:
    """Something is there that no console writes without an act."""
    return Arrival.objects.exists() or Person.objects.exists() or Terminal.objects.exists()


def verify() -> tuple[int, tuple[Broken, ...]]:
    """Read the whole trail again: how many entries, and where it is not what was written."""
    before = head()
    walked = walk(Walked(), before.number if before else 0)
    if len(walked.broken) >= MOST_BROKEN:
        return walked.number, walked.broken
    return walked.number, walked.broken + ends_rightly(walked, before)


def was_begun_before_proofs() -> bool:
    """Whether a version began this trail whose rows did not prove themselves; its first act cannot say otherwise."""
    first = AuditEntry.objects.filter(pk=1).first()
    return first is not None and chain.is_of_before(first)


def last_number() -> int:
    """The number of the latest act; 0 when there is none."""
    return AuditHead.objects.filter(pk=1).values_list("last_number", flat=True).first() or 0


def head() -> Head | None:
    """The last link as it stands; None before the first act."""
    found = rows.locked(AuditHead, 1, rows.Lock.NOTHING)
    if found is None:
        return None
    return Head(found.last_number, bytes(found.chained), chain.key_of(found) is not None)


def prove() -> None:
    """Take the trail as it ends now for ours again: an officer has seen that somebody else had written its head."""
    with transaction.atomic():
        head = _locked_head()
        head.proof = chain.proof(head, keyring.key(keyring.CHAIN))
        AuditHead.objects.filter(pk=1).update(last_number=head.last_number, chained=head.chained, proof=head.proof)


def chained_at(number: int) -> bytes | None:
    """The link of one act; None when there is no such act."""
    found = AuditEntry.objects.filter(pk=number).values_list("chained", flat=True).first()
    return None if found is None else bytes(found)


def entries(about: str = "", before: int | None = None, limit: int = 200) -> Iterator[AuditEntry]:
    """The latest entries first."""
    chosen = AuditEntry.objects.order_by("-number")
    if about:
        chosen = chosen.filter(about=about)
    if before is not None:
        chosen = chosen.filter(number__lt=before)
    yield from chosen[:limit]


_HEAD = "SELECT last_number, chained, proof FROM console_audithead WHERE id = 1"


def _ask_for_head(cursor: CursorWrapper) -> None:
    """The head, held from then on until the transaction ends."""
    cursor.execute(_HEAD + (" FOR UPDATE" if connection.features.has_select_for_update else ""))


def _locked_head() -> AuditHead:
    """The head, which nobody else changes meanwhile; where it is not ours, the last act that stands there."""
    with connection.cursor() as cursor:  # by hand: every act of everybody begins with it
        _ask_for_head(cursor)
        found = cursor.fetchone()
    if found is not None:
        head = AuditHead(pk=1, last_number=found[0], chained=bytes(found[1]), proof=bytes(found[2]))
        return head if chain.key_of(head) is not None else _last_act(head)
    fresh = AuditHead(pk=1, last_number=0, chained=chain.BEGINNING)
    fresh.proof = _UNPROVEN if AuditEntry.objects.exists() else chain.proof(fresh, keyring.key(keyring.CHAIN))
    AuditHead.objects.bulk_create([fresh], ignore_conflicts=True)
    return _locked_head()


def _last_act(head: AuditHead) -> AuditHead:
    last = AuditEntry.objects.order_by("-number").values_list("number", "chained").first() or (0, chain.BEGINNING)
    return AuditHead(pk=1, last_number=last[0], chained=bytes(last[1]), proof=head.proof)
