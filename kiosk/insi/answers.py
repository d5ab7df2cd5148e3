"""INSi's answers, read: by qualified name, in any order, under any prefix; what is odd is flagged, nothing is raised.

The answer is hostile until proven otherwise: no DTD, no entity, no network, no unbounded text (see ``read``).
"""

import re
from dataclasses import dataclass, replace

from lxml import etree

from kiosk.core.identity.dates import BirthDate
from kiosk.core.identity.matricule import Matricule, is_well_formed
from kiosk.core.identity.traits import Sex, Source, Traits
from kiosk.core.sources.insi import (
    InsAnswer,
    InsFound,
    InsNotFound,
    InsRefused,
    InsSeveral,
    InsUnreachable,
    PastMatricule,
)
from kiosk.insi import faults, lexical
from kiosk.insi.names import RESULT, SIMULATOR, SIRAM, SOAP, WSA

_LONGEST_TEXT = 2000  # characters kept of one element
_MOST_HISTORY = 100
_CALENDAR = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])", re.ASCII)
_SAFE_CODE = re.compile(r"[^A-Za-z0-9_.:-]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reply:
    """What one answer says, and its short code for the trace (CodeCR, fault code, or what went wrong)."""

    code: str
    answer: InsAnswer
    is_simulator: bool = False


def read(body: bytes) -> Reply:
    """Read one SOAP answer; whatever the bytes are, say something true about them."""
    root = _parse(body)
    if root is None or root.tag != f"{{{SOAP}}}Envelope":
        return Reply("nonsense", InsUnreachable("nonsense"))
    simulator = next(root.iter(f"{{{SIMULATOR}}}Simulateur"), None) is not None
    fault = next(root.iter(f"{{{SOAP}}}Fault"), None)
    if fault is not None:
        return replace(_fault(root, fault), is_simulator=simulator)
    result = next(root.iter(f"{{{RESULT}}}RESULTAT"), None)
    if result is None:
        return Reply("nonsense", InsUnreachable("nonsense"), simulator)
    code = _text(_first(result, "CodeCR"))
    if code == "00":
        return Reply(code, _found(result), simulator)
    if code == "01":
        return Reply(code, InsNotFound(), simulator)
    if code == "02":
        return Reply(code, InsSeveral(), simulator)
    short = _short(code)
    text = _text(_first(result, "LibelleCR"))
    return Reply(short or "nonsense", InsRefused(short, text, _message_id(root)), simulator)


def _parse(body: bytes) -> etree._Element | None:
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        return None
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, remove_pis=True
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if getattr(
        root.getroottree().docinfo, "doctype", ""
    ):  # one written in another encoding than the bytes searched above
        return None
    return root


def _fault(root: etree._Element, fault: etree._Element) -> Reply:
    codes = [_local(_text(value)) for value in fault.iter(f"{{{SOAP}}}Value")]
    error = next(fault.iter(f"{{{SIRAM}}}Erreur"), None)
    detail = _short(error.get("code", "")) if error is not None else ""
    text = _text(error) if error is not None else ""
    text = text or _text(next(fault.iter(f"{{{SOAP}}}Text"), None))
    message_id = (error.get("messageID", "")[:200] if error is not None else "") or _message_id(root)
    subcode = codes[1] if len(codes) > 1 else ""
    code = detail or subcode or (codes[0] if codes else "") or "fault"
    receiver = bool(codes) and codes[0] == "Receiver"
    refused = detail in ("desir_550", "desir_560") or subcode == "siram_100"
    if faults.is_service_down(detail, subcode) or (receiver and not refused):
        return Reply(code, InsUnreachable("service"))
    return Reply(code, InsRefused(code, text, message_id))


def _found(result: etree._Element) -> InsAnswer:
    individuals = list(result.iter(f"{{{RESULT}}}INDIVIDU"))
    active = _first(individuals[0], "INSACTIF") if individuals else None
    number = _text(_first(active, "NumIdentifiant")) if active is not None else ""
    if active is None or not number:
        return InsUnreachable("nonsense")
    flags: list[str] = []
    if len(individuals) > 1:
        flags.append("several-individuals")
    matricule = _matricule(active, flags)
    flags += _odd_periods(active, "active")
    history = tuple(
        PastMatricule(_matricule(past, None), _text(_first(past, "DateDeb")), _text(_first(past, "DateFin")))
        for past in list(individuals[0].iter(f"{{{RESULT}}}INSHISTO"))[:_MOST_HISTORY]
    )
    if any(past.matricule.number == matricule.number for past in history):
        flags.append("history-repeats-active")
    for past in individuals[0].iter(f"{{{RESULT}}}INSHISTO"):
        flags += _odd_periods(past, "history")
    if any(_key_is_wrong(past.matricule) for past in history):
        flags.append("history-bad-key")
    traits = _traits(_first(individuals[0], "TIQ"), flags)
    if _has_unknown_elements(result):
        flags.append("unknown-elements")
    return InsFound(matricule, traits, history, tuple(dict.fromkeys(flags)))


def _matricule(ins: etree._Element, flags: list[str] | None) -> Matricule:
    matricule = Matricule(
        _text(_first(ins, "NumIdentifiant")), _text(_first(ins, "Cle")), _text(_first(ins, "OID")) or ""
    )
    if flags is not None:
        if not is_well_formed(matricule.number):
            flags.append("odd-number")
        elif not matricule.key:
            flags.append("no-key")
        elif _key_is_wrong(matricule):
            flags.append("bad-key")
        if not matricule.oid:
            flags.append("no-oid")
        elif matricule.kind is None:
            flags.append("unknown-oid")
        elif not matricule.is_for_real_people:
            flags.append("test-oid")
    return matricule


def _key_is_wrong(matricule: Matricule) -> bool:
    if not matricule.key or not is_well_formed(matricule.number):
        return False
    return not matricule.key_is_right


def _odd_periods(ins: etree._Element, whose: str) -> list[str]:
    starts, ends = _text(_first(ins, "DateDeb")), _text(_first(ins, "DateFin"))
    flags = []
    if starts and ends and ends[:10] < starts[:10]:
        flags.append(f"{whose}-ends-before-it-starts")
    if any(date and not _CALENDAR.match(date) for date in (starts, ends)):
        flags.append(f"{whose}-odd-date")
    return flags


def _traits(tiq: etree._Element | None, flags: list[str]) -> Traits:
    if tiq is None:
        flags.append("no-traits")
        return Traits(Source.INSI)
    listed = _text(_first(tiq, "ListePrenom"))
    singles = [text for text in (_text(each) for each in tiq.iter(f"{{{RESULT}}}Prenom")) if text]
    spoken = listed or " ".join(singles)
    if listed and any(f" {single} " not in f" {listed} " for single in singles):
        flags.append("given-name-outside-list")
    date = _text(_first(tiq, "DateNaissance"))
    birth_date = BirthDate(date) if lexical.is_date(date) else None
    if not _CALENDAR.fullmatch(date):
        flags.append("odd-birth-date" if date else "no-birth-date")
    sex_text = _text(_first(tiq, "Sexe"))
    sex = {"F": Sex.FEMALE, "M": Sex.MALE}.get(sex_text)
    if sex is None:
        flags.append("odd-sex" if sex_text else "no-sex")
    place = _text(_first(tiq, "LieuNaissance"))
    if place and not lexical.is_place(place):
        flags.append("odd-birth-place")
    name = _text(_first(tiq, "NomNaissance"))
    if not name or not spoken:
        flags.append("no-name")
    return Traits(
        source=Source.INSI,
        birth_name=name,
        given_names=tuple(spoken.split()),
        given_names_text=spoken,
        birth_date=birth_date,
        sex=sex,
        birth_place_code=place,
    )


_KNOWN = {
    f"{{{RESULT}}}{name}"
    for name in (
        *("RESULTAT", "CR", "CodeCR", "LibelleCR", "INDIVIDU", "INSACTIF", "INSHISTO", "IdIndividu", "NumIdentifiant"),
        *("Cle", "TypeMatricule", "OID", "DateDeb", "DateFin", "TIQ", "NomNaissance", "Prenom", "ListePrenom", "Sexe"),
        *("DateNaissance", "LieuNaissance"),
    )
}


def _has_unknown_elements(result: etree._Element) -> bool:
    return any(isinstance(element.tag, str) and element.tag not in _KNOWN for element in result.iter())


def _first(parent: etree._Element, name: str) -> etree._Element | None:
    return next(parent.iter(f"{{{RESULT}}}{name}"), None)


def _text(element: etree._Element | None) -> str:
    """All text directly inside an element, comments left out, spaces trimmed."""
    if element is None:
        return ""
    parts = [element.text or "", *(child.tail or "" for child in element)]
    return "".join(parts).strip()[:_LONGEST_TEXT]


def _local(qualified: str) -> str:
    return _short(qualified.rpartition(":")[2])


def _short(code: str) -> str:
    """Keep of a code what may stand in a log: letters, digits, a few signs, 40 of them."""
    return _SAFE_CODE.sub("", code.strip())[:40]


def _message_id(root: etree._Element) -> str:
    for name in ("RelatesTo", "MessageID"):
        text = _text(next(root.iter(f"{{{WSA}}}{name}"), None))
        if text:
            return text[:200]
    return ""
