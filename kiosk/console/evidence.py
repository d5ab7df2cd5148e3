"""The structure's own kinds of evidence, read from a file (GI3 EXI ID 19): what is not in it is not offered.

What the file leaves out of a kind is as the RNIV has it; what it says may be stricter, never looser. Its errors are
read by the identity-vigilance officer: they are in French, name the line and the key, and say what to write.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kiosk.core.status.evidence import (
    DEFAULT_EVIDENCE,
    OF_A_PARENT_OR_GUARDIAN,
    Companion,
    Confidence,
    EvidenceTable,
    EvidenceType,
    Fixed,
    Nationality,
    loosened,
)

LONGEST_LABEL = 80
PRESENCE = {"required": True, "remote": False}
_RNIV = {kind.code: kind for kind in DEFAULT_EVIDENCE if kind.code}
FLOWS = tuple(_RNIV)
_CODE = re.compile(r"[A-Z0-9]{1,8}")
_LISTED = ", ".join
_NATIONALITIES, _CONFIDENCE = [one.value for one in Nationality], [one.value for one in Confidence]
_LOOSER = {
    Fixed.FLOW: ("flow", f"ce code n’est pas de ceux des flux ; écrivez l’un de : {_LISTED(FLOWS)}"),
    Fixed.CONFIDENCE: (
        "confidence",
        'le RNIV ne lui reconnaît pas un haut niveau de confiance ; écrivez "low" ou retirez la pièce',
    ),
    Fixed.NATIONALITIES: ("nationalities", "plus large que le RNIV (§ 3.3.2) ; au plus : {nationalities}"),
    Fixed.AGE: ("minors_only", "le RNIV la réserve aux mineurs (§ 3.3.3) ; écrivez true ou retirez la clé"),
    Fixed.COMPANIONS: (
        "companions",
        "elle ne vaut qu’avec le document d’un parent ou du tuteur (RNIV § 3.3.3) ; choisissez parmi : {companions}",
    ),
    Fixed.PRESENCE: ("presence", 'le visage se compare devant la personne ; écrivez "required" ou retirez la clé'),
}


class BadEvidence(ValueError):
    """The file cannot be used; each line says where, what is wrong and what to write."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One table of the file, and the line of its title and of each of its keys, when they can be told."""

    kind: str  # type, companion
    rank: int
    said: Mapping[str, Any]
    lines: Mapping[str, int]

    def problem(self, key: str, what: str) -> str:
        line = self.lines.get(key) or self.lines.get("")
        code = self.said.get("code")
        name = f"[[{self.kind}]] " + (code if isinstance(code, str) and _CODE.fullmatch(code) else str(self.rank))
        return (f"ligne {line}, " if line else "") + name + (f", {key}" if key else "") + f" : {what}"


def read(path: Path) -> EvidenceTable:
    """Read and check the file. BadEvidence names everything that is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as trouble:
        raise BadEvidence(f"{path} : illisible ({trouble.strerror}) ; vérifiez le chemin et les droits") from None
    except UnicodeDecodeError:
        raise BadEvidence(f"{path} : ce n’est pas de l’UTF-8 ; enregistrez le fichier en UTF-8") from None
    try:
        return table_of(text)
    except BadEvidence as problems:
        raise BadEvidence("\n".join(f"{path} : {line}" for line in str(problems).splitlines())) from None


def table_of(text: str) -> EvidenceTable:
    """Make the table that the text says. BadEvidence names everything that is wrong."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as trouble:
        raise BadEvidence(f"ce n’est pas du TOML : {trouble}") from None
    problems = [f"{name} : clé inconnue ; il n’y a que type et companion" for name in document.keys() - _TABLES]
    companions = dict(_companions(_entries(document, "companion", text, problems), problems))
    kinds = list(_kinds(_entries(document, "type", text, problems), companions, problems))
    labels = [kind.label for kind in kinds]
    problems += [f"deux pièces s’appellent « {one} »" for one in dict.fromkeys(labels) if labels.count(one) > 1]
    if not problems and not kinds:
        problems.append("aucune pièce ; écrivez un [[type]], ou retirez « evidence » des réglages : liste du RNIV")
    elif not problems and not any(kind.may_validate for kind in kinds):
        problems.append("aucune pièce n’a un haut niveau de confiance : rien ne validerait jamais une identité")
    if problems:
        raise BadEvidence("\n".join(problems))
    return EvidenceTable(tuple(kinds))


def _entries(document: Mapping[str, Any], kind: str, text: str, problems: list[str]) -> list[_Entry]:
    said = document.get(kind, [])
    if not isinstance(said, list) or not all(isinstance(one, dict) for one in said):
        problems.append(f"{kind} : écrivez chaque entrée sous un titre [[{kind}]]")
        return []
    lines = list(_lines(text, kind))
    known = lines if len(lines) == len(said) else [{} for _ in said]  # written another way: no line can be told
    return [_Entry(kind, rank, one, lines) for rank, (one, lines) in enumerate(zip(said, known, strict=True), 1)]


def _lines(text: str, kind: str) -> Iterator[dict[str, int]]:
    """For each title of this kind, its line and those of its keys."""
    found: dict[str, int] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if title := re.match(r"\s*\[\[?\s*([\w-]+)", line):
            if found is not None:
                yield found
            found = {"": number} if title[1] == kind else None
        elif found is not None and (key := re.match(r"\s*([\w-]+)\s*=", line)):
            found.setdefault(key[1], number)
    if found is not None:
        yield found


def _companions(entries: list[_Entry], problems: list[str]) -> Iterator[tuple[str, Companion]]:
    """The RNIV's, and the structure's own: what it wants to see beside a piece that stands alone for the RNIV."""
    taken = {one.code for one in OF_A_PARENT_OR_GUARDIAN}
    yield from ((one.code, one) for one in OF_A_PARENT_OR_GUARDIAN)
    for entry in entries:
        found = list(_wrong_words(entry, _COMPANION_KEYS, ("code", "label")))
        code = entry.said.get("code")
        if not found and code in taken:
            found.append(entry.problem("code", "ce code est déjà pris ; choisissez-en un autre"))
        problems += found
        if not found:
            taken.add(str(code))
            yield str(code), Companion(str(code), entry.said["label"].strip())


def _kinds(entries: list[_Entry], companions: Mapping[str, Companion], problems: list[str]) -> Iterator[EvidenceType]:
    taken: set[str] = set()
    for entry in entries:
        found = list(_wrong_words(entry, _TYPE_KEYS, ("code",))) or list(_wrong_values(entry, companions, taken))
        if not found:
            taken.add(entry.said["code"])
            kind = _kind(entry.said, companions)
            found = [entry.problem(*_in_words(fixed, kind)) for fixed in sorted(loosened(kind))]
            if not found:
                yield kind
        problems += found


def _wrong_words(entry: _Entry, keys: Mapping[str, type], needed: tuple[str, ...]) -> Iterator[str]:
    """Keys that are missing, unknown or of another type; texts that no page can show."""
    for key in entry.said.keys() - keys.keys():
        yield entry.problem(key, f"clé inconnue ; il y a {_LISTED(keys)}")
    for key in needed:
        if key not in entry.said:
            yield entry.problem("", f"il manque {key}")
    for key, wanted in keys.items():
        if key not in entry.said:
            continue
        value = entry.said[key]
        if not _is(value, wanted):
            yield entry.problem(key, f"écrivez {_AS_WRITTEN[wanted]}")
        elif key == "code" and not _CODE.fullmatch(value):
            yield entry.problem(key, "de 1 à 8 lettres majuscules ou chiffres, sans accent")
        elif key in {"label", "note"} and not (value.isprintable() and 0 < len(value.strip()) <= LONGEST_LABEL):
            yield entry.problem(key, f"une ligne de 1 à {LONGEST_LABEL} caractères")


def _is(value: object, wanted: type) -> bool:
    """A text, a list of texts, or yes and no."""
    return isinstance(value, wanted) and (not isinstance(value, list) or all(isinstance(one, str) for one in value))


def _wrong_values(entry: _Entry, companions: Mapping[str, Companion], taken: set[str]) -> Iterator[str]:
    said, code = entry.said, entry.said["code"]
    flow = said.get("flow", code)
    if code in taken:
        yield entry.problem("code", "ce code est déjà pris ; une pièce n’est écrite qu’une fois")
    if flow not in FLOWS:
        yield entry.problem(*_LOOSER[Fixed.FLOW])
    elif code != flow and code in FLOWS:
        yield entry.problem("code", "c’est le code d’une autre pièce du RNIV ; choisissez-en un autre")
    elif code != flow and "label" not in said:
        yield entry.problem("", "il manque label : comment cette pièce s’appelle à l’écran")
    for key, known in (("confidence", _CONFIDENCE), ("presence", list(PRESENCE))):
        if key in said and said[key] not in known:
            yield entry.problem(key, f"écrivez l’un de : {_LISTED(known)}")
    for key, several in (("nationalities", _NATIONALITIES), ("companions", list(companions))):
        if key in said and (not said[key] or set(said[key]) - set(several) or len(set(said[key])) < len(said[key])):
            yield entry.problem(key, f"une liste, chacun une fois, parmi : {_LISTED(several)}")


def _kind(said: Mapping[str, Any], companions: Mapping[str, Companion]) -> EvidenceType:
    """The RNIV's kind with what the structure changes; named here, it is offered where the RNIV leaves that open."""
    base = _RNIV[said.get("flow", said["code"])]
    changes: dict[str, Any] = {"code": said["code"], "only_if_named": False}
    changes |= {key: said[key].strip() for key in ("label", "note") if key in said}
    changes |= {key: said[key] for key in ("flow", "minors_only") if key in said}
    if "confidence" in said:
        changes["confidence"] = Confidence(said["confidence"])
    if "nationalities" in said:
        changes["nationalities"] = frozenset(Nationality(one) for one in said["nationalities"])
    if "presence" in said:
        changes["needs_presence"] = PRESENCE[said["presence"]]
    if "companions" in said:
        changes["companions"] = tuple(companions[code] for code in said["companions"])
    return replace(base, **changes)


def _in_words(fixed: Fixed, kind: EvidenceType) -> tuple[str, str]:
    base = _RNIV[kind.flow_code]
    key, what = _LOOSER[fixed]
    most = [one.value for one in Nationality if one in base.nationalities]
    return key, what.format(nationalities=_LISTED(most), companions=_LISTED(one.code for one in base.companions))


_TABLES = {"type", "companion"}
_AS_WRITTEN = {str: 'un texte entre guillemets, comme "CN"', list: 'une liste, comme ["french"]', bool: "true ou false"}
_COMPANION_KEYS: dict[str, type] = {"code": str, "label": str}
_TYPE_KEYS: dict[str, type] = {
    **dict.fromkeys(("code", "flow", "label", "note", "confidence", "presence"), str),
    **dict.fromkeys(("nationalities", "companions"), list),
    "minors_only": bool,
}
