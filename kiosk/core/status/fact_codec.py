"""Facts as they are written down: a kind and codes, words of their own that outlive the classes here. Never a trait."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from kiosk.core.identity.matricule import Mark, Matricule
from kiosk.core.status import person_events as person
from kiosk.core.status import transitions as change
from kiosk.core.status.evidence import Companion, Confidence, EvidenceType
from kiosk.core.status.permissions import Attribute, Identity
from kiosk.core.status.standing import Answer, Basis, Standing

Code = str | int | bool
Codes = Mapping[str, Code]


class BadFact(ValueError):
    """What is written down is no fact that this version knows."""


@dataclass(frozen=True, slots=True)
class _Form:
    """How one kind of event is written and read."""

    kind: str
    event: type
    write: Callable[[object], dict[str, Code]]
    read: Callable[[Codes], person.PersonEvent]


def _nothing(_event: object) -> dict[str, Code]:
    return {}


def _mark(matricule: Matricule | Mark | None) -> dict[str, Code]:
    if isinstance(matricule, Matricule):
        raise BadFact("a number is never written down, only its mark")
    return {} if matricule is None else {"mark": matricule.number, "oid": matricule.oid}


def _read_mark(codes: Codes) -> Mark | None:
    return Mark(str(codes["mark"]), str(codes["oid"])) if codes.get("mark") else None


def _taken(event: object) -> dict[str, Code]:
    taken = cast("change.InsiAccepted | person.InsReplaced", event)
    return {**_mark(taken.matricule), "agree": taken.traits_agree, "usable": taken.is_usable}


def _apcv(event: object) -> dict[str, Code]:
    read = cast("change.ApcvRead", event)
    return {**_mark(read.matricule), "agree": read.is_this_person, "on": read.on}


def _read_apcv(codes: Codes) -> change.ApcvRead:
    return change.ApcvRead(_some(codes), bool(codes["agree"]), str(codes["on"]))


_SOMETHING_ELSE = (Companion("-", ""),)  # what was to be seen beside it was not: the reader refuses as the writer did


def _evidence(event: object) -> dict[str, Code]:
    checked = cast("change.EvidenceChecked", event)
    kind = checked.evidence
    codes: dict[str, Code] = {"evidence": kind.code, "agree": checked.traits_agree, "strong": kind.may_validate}
    if not kind.is_complete_with(checked.companion_code):
        codes["alone"] = True
    return codes | {name: value for name, value in (("on", checked.on), ("companion", checked.companion_code)) if value}


def _read_evidence(codes: Codes) -> change.EvidenceChecked:
    confidence = Confidence.HIGH if codes["strong"] else Confidence.LOW
    on, companion = str(codes.get("on", "")), str(codes.get("companion", ""))
    asked = _SOMETHING_ELSE if codes.get("alone") else tuple(Companion(code, "") for code in (companion,) if code)
    kind = EvidenceType(str(codes["evidence"]), "", confidence, companions=asked)
    return change.EvidenceChecked(kind, bool(codes["agree"]), on, companion)


def _merged(event: object) -> dict[str, Code]:
    side = cast("person.Merged", event).into
    return {**_mark(side.mark), "into": side.key, "barred": side.is_barred, "absorbed": side.is_absorbed}


def _read_merged(codes: Codes) -> person.Merged:
    is_barred, is_absorbed = bool(codes["barred"]), bool(codes["absorbed"])
    return person.Merged(person.Side(str(codes["into"]), _read_mark(codes), is_barred, is_absorbed))


def _identity(identity: Identity) -> dict[str, Code]:
    attributes = " ".join(sorted(one.value for one in identity.attributes))
    return {**_mark(identity.matricule), "held-by": identity.evidence, "attributes": attributes}


def _read_identity(codes: Codes) -> Identity:
    attributes = frozenset(Attribute(word) for word in str(codes["attributes"]).split())
    return Identity(_read_mark(codes), str(codes["held-by"]), attributes)


def _migrated(event: object) -> dict[str, Code]:
    left = cast("person.Migrated", event)
    days = {"on": left.evidence_on, "companion": left.companion_code, "verified": left.verified_at}
    return {**_identity(left.identity), **days, "decided": left.is_decided, "void": left.voids_answers}


def _read_migrated(codes: Codes) -> person.Migrated:
    days = (str(codes["on"]), str(codes["companion"]), str(codes["verified"]))
    is_decided, voids = bool(codes["decided"]), bool(codes["void"])
    return person.Migrated(_read_identity(codes), *days, is_decided=is_decided, voids_answers=voids)


def _bare(kind: str, event: type) -> _Form:
    return _Form(kind, event, _nothing, lambda _codes: cast("person.PersonEvent", event()))


_FORMS = (
    _bare("opened", change.Created),
    _bare("traits-stated", person.TraitsStated),
    _bare("visit-attached", person.VisitAttached),
    _bare("visit-detached", person.VisitDetached),
    _bare("presence-checked", person.PresenceChecked),
    _bare("insi-asked", person.InsiAsked),
    _Form(
        "insi-answered",
        person.InsiAnswered,
        lambda event: _mark(cast("person.InsiAnswered", event).mark),
        lambda codes: person.InsiAnswered(_read_mark(codes)),
    ),
    _Form(
        "apcv-attested",
        person.ApcvAttested,
        lambda event: _mark(cast("person.ApcvAttested", event).mark),
        lambda codes: person.ApcvAttested(_read_mark(codes)),
    ),
    _Form("apcv-read", change.ApcvRead, _apcv, _read_apcv),
    _Form(
        "insi-accepted",
        change.InsiAccepted,
        _taken,
        lambda codes: change.InsiAccepted(_some(codes), bool(codes["agree"]), bool(codes["usable"])),
    ),
    _Form(
        "ins-replaced",
        person.InsReplaced,
        _taken,
        lambda codes: person.InsReplaced(_some(codes), bool(codes["agree"]), bool(codes["usable"])),
    ),
    _bare("insi-rejected", change.InsiRejected),
    _Form("evidence-checked", change.EvidenceChecked, _evidence, _read_evidence),
    _Form(
        "attribute-set",
        change.AttributeSet,
        lambda event: {"attribute": cast("change.AttributeSet", event).attribute.value},
        lambda codes: change.AttributeSet(Attribute(str(codes["attribute"]))),
    ),
    _Form(
        "attribute-removed",
        change.AttributeRemoved,
        lambda event: {"attribute": cast("change.AttributeRemoved", event).attribute.value},
        lambda codes: change.AttributeRemoved(Attribute(str(codes["attribute"]))),
    ),
    _bare("strict-trait-edited", change.StrictTraitEdited),
    _bare("complementary-edited", change.ComplementaryTraitEdited),
    _Form(
        "first-name-chosen",
        change.FirstNameChosen,
        lambda event: {"coherent": cast("change.FirstNameChosen", event).is_coherent},
        lambda codes: change.FirstNameChosen(bool(codes["coherent"])),
    ),
    _bare("verified", person.Verified),
    _bare("verification-failed", change.VerificationFailed),
    _Form("merged", person.Merged, _merged, _read_merged),
    _bare("unmerged", person.Unmerged),
    _Form(
        "pair-proposed",
        person.PairProposed,
        lambda event: {"other": cast("person.PairProposed", event).other},
        lambda codes: person.PairProposed(str(codes["other"])),
    ),
    _Form(
        "set-apart",
        person.SetApart,
        lambda event: {"other": cast("person.SetApart", event).other},
        lambda codes: person.SetApart(str(codes["other"])),
    ),
    _bare("undone", person.Undone),
    _Form(
        "erased",
        person.Erased,
        lambda event: {"what": cast("person.Erased", event).what.value},
        lambda codes: person.Erased(person.Kept(str(codes["what"]))),
    ),
    _Form("migrated", person.Migrated, _migrated, _read_migrated),
)
_BY_EVENT = {form.event: form for form in _FORMS}
_BY_KIND = {form.kind: form for form in _FORMS}


def _some(codes: Codes) -> Mark:
    return Mark(str(codes["mark"]), str(codes["oid"]))


def written(event: person.PersonEvent) -> tuple[str, dict[str, Code]]:
    """Give the kind of an event and its codes. BadFact for one that is not written down."""
    form = _BY_EVENT.get(type(event))
    if form is None:
        raise BadFact(f"{type(event).__name__} is not written down")
    return form.kind, form.write(event)


def read(kind: str, codes: Codes) -> person.PersonEvent:
    """Give the event that was written. BadFact when this version does not know it."""
    form = _BY_KIND.get(kind)
    if form is None:
        raise BadFact("a kind of fact that this version does not know")
    try:
        return form.read(codes)
    except (KeyError, ValueError) as trouble:
        raise BadFact(f"a fact {kind} that cannot be read") from trouble


def standing_to_text(standing: Standing) -> str:
    """Write a standing down: the projection of a person's facts."""
    end = {"erased_at": standing.erased_at} if standing.erased_at else {}  # of nobody else: what is written stays so
    return json.dumps(
        {
            **end,
            "version": standing.version,
            "basis": _basis(standing.basis),
            "before": _basis(standing.before) if standing.before is not None else None,
            "answers": [_answer(one) for one in standing.answers],
            "questions": [list(one) for one in standing.questions],
            "absorbed_by": standing.absorbed_by,
        },
        sort_keys=True,
        separators=(",", ":"),
    )


def standing_from_text(text: str) -> Standing:
    """Read a standing. BadFact when it is none."""
    try:
        kept = json.loads(text)
        return Standing(
            version=kept["version"],
            basis=_read_basis(kept["basis"]),
            before=_read_basis(kept["before"]) if kept["before"] is not None else None,
            answers=tuple(_read_answer(*one) for one in kept["answers"]),
            questions=tuple((nth, epoch) for nth, epoch in kept["questions"]),
            absorbed_by=kept["absorbed_by"],
            erased_at=kept.get("erased_at", ""),
        )
    except (KeyError, TypeError, ValueError) as trouble:
        raise BadFact("a standing that cannot be read") from trouble


class Accepted(NamedTuple):
    """Of where a person stands what is asked of many at once: which answer counts, and whether a number is held."""

    answer: int = 0  # the fact's place
    holds: bool = False


def accepted_in(text: str) -> Accepted:
    """Read that much of a standing. BadFact when it is none."""
    try:
        basis = json.loads(text)["basis"]
        return Accepted(int(basis[_BASIS["answer"]]), bool(basis.get("mark")))
    except (AttributeError, KeyError, TypeError, ValueError) as trouble:
        raise BadFact("a standing that cannot be read") from trouble


def _answer(answer: Answer) -> list[object]:
    return [answer.nth, answer.epoch, _mark(answer.mark), *([_ATTESTED] if answer.is_attested else [])]


def _read_answer(nth: int, epoch: int, mark: Codes, source: str = "") -> Answer:
    return Answer(nth, _read_mark(mark), epoch, is_attested=source == _ATTESTED)


_ATTESTED = "appli"
_BASIS = {
    "answer": "answer",
    "evidence_at": "evidence-at",
    "evidence_on": "evidence-on",
    "companion_code": "companion",
    "compared": "compared",
    "epoch": "epoch",
    "traits": "traits",
    "verified_at": "verified-at",
    "decided_at": "decided-at",
    "decided_by": "decided-by",
    "decision": "decision",
}


def _basis(basis: Basis) -> dict[str, Code]:
    return _identity(basis.identity) | {word: getattr(basis, name) for name, word in _BASIS.items()}


def _read_basis(codes: Codes) -> Basis:
    parts: dict[str, Any] = {name: codes[word] for name, word in _BASIS.items()}
    return Basis(_read_identity(codes), **parts)
