"""What an act's details say, in the few words an auditor reads: the trail itself keeps codes.

A code of another version, or one that has no word here, stands as it was written: nothing of the trail is hidden.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from kiosk.console.identities import complements, pieces, seeing
from kiosk.console.identities.reasons import DOWNGRADES, REASONS, REFUSALS, STOPPED
from kiosk.console.identities.sheet_due import Cause
from kiosk.console.models import Need, Role, Stage, places
from kiosk.console.register import index_marks
from kiosk.console.vigilance.campaigns import DIFFERENT, VERDICTS
from kiosk.console.words import day, inside, terminal
from kiosk.core.languages import LANGUAGES
from kiosk.core.status.attestation import Distrust
from kiosk.core.status.notices import ODDITIES
from kiosk.core.status.permissions import IdentityStatus

SHORT = 8  # letters of a key, enough to tell it apart
STATES = {
    IdentityStatus.PROVISIONAL.value: "provisoire",
    IdentityStatus.RETRIEVED.value: "récupérée",
    IdentityStatus.VALIDATED.value: "validée",
    IdentityStatus.QUALIFIED.value: "qualifiée",
}
ANSWERS = {
    "InsFound": "identité trouvée",
    "InsNotFound": "introuvable",
    "InsSeveral": "plusieurs identités",
    "InsUnreachable": "sans réponse",
    "InsRefused": "demande refusée",
    "InsCertificateTrouble": "certificat refusé",
}
RIGHTS = {"vigilance": "identitovigilance", "supervise": "bornes", "indicators": "indicateurs", "work": "accueil"}
MEANS = {
    "totp": "code",
    "key": "clé de sécurité",
    "psc": "Pro Santé Connect",
    "cpx": "carte CPx",
    "password+totp": "mot de passe et code",
    "password+key": "mot de passe et clé de sécurité",
}
ATTRIBUTES = {"doubtful": "douteux", "fictitious": "fictif", "homonym": "homonyme"}
CAUSES = {  # of a patient's sheet
    Cause.DOCUMENT: "sur la pièce d’identité",
    Cause.REFERENCE: "sur la référence nationale",
    Cause.CARD: "sur la carte Vitale",
    Cause.NOBODY: "INSi : introuvable",
    Cause.SEVERAL: "INSi : plusieurs réponses",
}
APPLIS = {  # an appli carte Vitale, as a check-in brought it
    "attested": "appli carte Vitale vérifiée",
    Distrust.NO_VERIFIER.value: "appli carte Vitale annoncée, non vérifiée",
    Distrust.NOT_GENUINE.value: "attestation d’appli non authentique",
    Distrust.ELSEWHERE.value: "attestation d’appli faite pour un autre établissement",
    Distrust.EXPIRED.value: "attestation d’appli expirée",
    Distrust.STALE.value: "attestation d’appli trop ancienne",
    Distrust.USED.value: "attestation d’appli déjà présentée",
    Distrust.OTHER_PERSON.value: "autre personne que dans l’attestation d’appli",
    Distrust.TROUBLE.value: "attestation d’appli non vérifiée, en panne",
}
WHY = {
    "unseen": "jamais décidé",
    "copies": "durée de conservation passée",
    "merge-not-kept": "fusion à revoir",
    "later-decision": "décision plus récente gardée",
    "shared-number": "INS porté par plusieurs dossiers",
    "no-check-in": "aucune arrivée ne l’a suivie",
    "kiosk-not-heard": "sa borne a été révoquée ou réinscrite depuis",
    "unanswered": "restée sans réponse",
    "mismatch": "elle parlait de quelqu’un d’autre",
    "unreadable": "illisible",
    "removed": "l’arrivée a été effacée",
}
QUESTIONS = {
    "joined": "question déjà posée par la borne",
    "mismatch": "la question de la borne parlait de quelqu’un d’autre : posée de nouveau",
    "used": "la question de la borne avait déjà servi : posée de nouveau",
    "late": "la question de la borne n’était pas encore là",
    "strange": "question inconnue de cette borne : posée de nouveau",
}
ERASED = {
    "request": "à la demande de la personne",
    "mistake": "dossier ouvert par erreur",
    "order": "décision d’une autorité ou d’un juge",
    "expired": "durée de conservation écoulée",
    "nobodys": "décision annulée, plus personne",
}
OWN = {
    ("password", "own"): "mot de passe changé",
    ("password", "guessed"): "mot de passe deviné, changement demandé",
    ("secrets", "new"): "accès réinitialisé",
    ("key", "added"): "clé de sécurité ajoutée",
    ("key", "removed"): "clé de sécurité retirée",
    ("active", True): "compte ouvert",
    ("active", False): "compte désactivé",
    ("psc", True): "Pro Santé Connect lié",
    ("psc", False): "Pro Santé Connect délié",
    ("asked", "enrol"): "nouveaux accès",
    ("asked", "open"): "compte à rouvrir",
    ("asked", "link"): "Pro Santé Connect à lier",
    ("tolerated", True): "différences relues",
    ("said", True): "identité dite par la personne",
}
SILENT = frozenset(
    {"tolerated", "said", "odd", "differences", "evidence", "why", "desk", "acr", "unread"}
)  # when empty or false


def told(details: str, act_word: Callable[[str], str]) -> str:
    """One act's details in a line; empty where there are none. ``act_word``: what an act is called."""
    said: dict[str, Any] = json.loads(details)
    parts = [_moved(said), _evidence(said), _refused(said, act_word)]
    rest = sorted(said.keys() - _TOGETHER, key=lambda name: (_ORDER.get(name, len(_ORDER)), name))
    parts += [_one(name, said[name]) for name in rest]
    return " · ".join(part for part in parts if part)


_TOGETHER = frozenset(
    {"before", "after", "evidence", "companion", "act", "refusal", "proven", index_marks.KEY}
)  # a sum, or what the console alone reads: no words


def _moved(said: Mapping[str, Any]) -> str:
    """From where to where; only one of them where nothing moved."""
    before, after = (_state(str(said.get(name) or "")) for name in ("before", "after"))
    return f"{before} → {after}" if before and after and before != after else after or before


def _state(code: str) -> str:
    if code in STATES:
        return str(_(STATES[code]))
    return inside(str(Stage(code).label)).lower() if code in Stage.values else day(code)


def _evidence(said: Mapping[str, Any]) -> str:
    return pieces.label_of(str(said.get("evidence") or ""), str(said.get("companion") or ""))


def _refused(said: Mapping[str, Any], act_word: Callable[[str], str]) -> str:
    if "refusal" not in said:
        return act_word(str(said["act"])) if "act" in said else ""
    rules = {one.value: words for table in (REFUSALS, STOPPED) for one, words in table.items()}
    rule = _(rules[said["refusal"]]) if said["refusal"] in rules else said["refusal"]
    return f"{act_word(str(said.get('act', '')))} : {inside(str(rule))}"


def _one(name: str, value: Any) -> str:
    if (name, value) in OWN:
        return str(_(OWN[name, value]))
    if not value and name in SILENT:
        return ""
    if name == "said":  # of a check-in: what its kiosk says that INSi answered
        return _("dit par la borne : {value}").format(value=_listed(ANSWERS)(str(value)))
    if name in _WORDS:
        return _WORDS[name](str(value))
    return f"{name} : {value}"


def _listed(table: Mapping[str, str]) -> Callable[[str], str]:
    return lambda codes: ", ".join(inside(str(_(table.get(code, code)))) for code in codes.split("+"))


def _short(words: str) -> Callable[[str], str]:
    """A sentence with one value in it."""
    return lambda value: str(_(words)).format(value=value)


_OF_REASONS = (
    {one.value: str(words) for table in (REASONS, DOWNGRADES) for one, words in table.items()} | ATTRIBUTES | ERASED
)
_WORDS: dict[str, Callable[[str], str]] = {
    "rules": lambda value: _("règle {value}").format(value=value.replace("+", ", ")),
    "flow": _short("code {value} dans les flux"),
    "odd": _listed({one.value: words for one, words in ODDITIES.items()}),
    "seen": lambda codes: _("vu : {value}").format(value=", ".join(seeing.named(codes.split("+")))),
    "reason": _listed(_OF_REASONS),
    "status": _listed(STATES),
    "was": _listed(STATES),
    "reported": lambda code: _("la venue : {value}").format(value=inside(str(_(STATES.get(code, code))))),
    "need": lambda code: inside(str(Need(code).label)) if code in Need.values else code,
    "fields": _listed({one.value: words for one, words in complements.COMPLEMENTS.items()}),
    "word": _listed({one.value: words for one, words in complements.WORDS.items()}),
    "answer": _listed(ANSWERS),
    "appli": _listed(APPLIS),
    "verdict": _listed({str(code): words for code, words in VERDICTS.items()}),
    "differences": _listed(DIFFERENT),
    "right": _listed(RIGHTS),
    "role": lambda code: inside(str(Role(code).label)) if code in Role.values else code,
    "means": lambda code: str(_(MEANS.get(code, code))),
    "cause": _listed({one.value: words for one, words in CAUSES.items()}),
    "language": _listed({one.code: one.in_french for one in LANGUAGES.values()}),
    "side": _listed({"first": "recto", "second": "verso"}),
    "why": _listed(WHY | ERASED),
    "question": _listed(QUESTIONS),
    "without": _listed({"card-too-old": "sans la carte, lue il y a trop longtemps"}),
    "criteria": lambda _sealed: _("critères scellés"),
    "unread": lambda _true: _("rien de lu par une machine"),
    "tries": _short("essai {value}"),
    "number": _short("n° {value}"),
    "minutes": _short("{value} minutes"),
    "version": _short("version {value}"),
    "page": _short("page « {value} »"),
    "desk": lambda kept: _("guichet {value}").format(value=places.opened("desk", kept)),
    "kiosk": lambda kept: terminal(places.opened("terminal_id", kept)),
    "found": _short("trouvés : {value}"),
    "first": _short("à partir de l’acte {value}"),
    "total": _short("identités : {value}"),
    "left": _short("restaient : {value}"),
    "likeness": _short("ressemblance {value} %"),
    "by": _short("témoin {value}"),
    "ended_by": _short("terminé par {value}"),
    "acr": _short("niveau {value}"),
    "other": lambda key: _("avec la personne {value}").format(value=key[:SHORT]),
    "kept": lambda key: _("gardée : la personne {value}").format(value=key[:SHORT]),
    "person": lambda key: _("personne {value}").format(value=key[:SHORT]),
    "key": lambda key: _("clé {value}").format(value=key[:SHORT]),
}
_ORDER = {name: place for place, name in enumerate(_WORDS)}  # in which they are read
