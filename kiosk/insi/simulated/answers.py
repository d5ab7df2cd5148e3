"""The envelopes a simulated INSi answers with, in the many shapes real answers have."""

from collections.abc import Callable
from html import escape

from kiosk.insi.names import RESULT, SIMULATOR, SIRAM, SOAP, WSA
from kiosk.insi.simulated.population import Person

STYLES = ("plain", "default-namespace", "ns2", "env", "reordered", "comments", "no-key", "repeated")
_NOTICE = "Simulateur INSi : aucune donnee reelle"
_LABELS = {"00": "OK", "01": "Aucune identite trouvee", "02": "Plusieurs identites trouvees"}


def result(code: str, person: Person | None, message_id: str, style: str = "plain") -> bytes:
    """Write a RESULTAT; ``style`` chooses prefixes, order and oddities, never what is said."""
    prefix = {"default-namespace": "", "ns2": "ns2:", "env": "ns2:", "comments": "i:"}.get(style, "insi:")
    tag = _tagger(prefix, style)
    declared = f' xmlns{":" if prefix else ""}{prefix.rstrip(":")}="{RESULT}"'
    body = tag("CR", tag("CodeCR", code) + tag("LibelleCR", _LABELS.get(code, "Reponse du simulateur")))
    if person is not None:
        body += _individual(tag, person, style)
    whole = f"<{prefix}RESULTAT{declared}>{body}</{prefix}RESULTAT>"
    return _envelope(whole, message_id, style)


def _tagger(prefix: str, style: str) -> Callable[[str, str], str]:
    space = "\n  " if style in ("comments", "env") else ""
    remark = "<!-- commentaire -->" if style == "comments" else ""

    def tag(name: str, content: str) -> str:
        is_text = not content.startswith(("<", "\n"))
        return f"{space}<{prefix}{name}>{remark}{escape(content) if is_text else content}</{prefix}{name}>{space}"

    return tag


def _individual(tag: Callable[[str, str], str], person: Person, style: str) -> str:
    def ins(name: str, number: str, key: str, oid: str) -> str:
        number_and_key = [tag("NumIdentifiant", number), *([] if style == "no-key" else [tag("Cle", key)])]
        parts = [tag("IdIndividu", "".join(number_and_key)), tag("OID", oid)]
        if style in ("reordered", "env"):
            parts.reverse()
        return tag(name, "".join(parts))

    listed = " ".join(person.given_names)
    names = [tag("NomNaissance", person.birth_name)]
    if style in ("plain", "repeated"):
        names.append(tag("Prenom", person.given_names[0] if style == "plain" else listed))
    names.append(tag("ListePrenom", listed))
    rest = [tag("Sexe", person.sex), tag("DateNaissance", person.birth_date)]
    rest += [tag("LieuNaissance", person.place)] if person.place else []
    tiq = [*rest, *names] if style == "reordered" else [*names, *rest]
    history = [(past[:13], past[13:]) for past in person.history]
    if style == "repeated":
        history.insert(0, (person.number, person.key))
    return tag(
        "INDIVIDU",
        ins("INSACTIF", person.number, person.key, person.oid)
        + "".join(ins("INSHISTO", number, key, person.oid) for number, key in history)
        + tag("TIQ", "".join(tiq)),
    )


def fault(subcode: str, code: str, text: str, message_id: str, *, sender: bool = True) -> bytes:
    """Write a SOAP 1.2 fault as the service words them."""
    who = "Sender" if sender else "Receiver"
    return _envelope(
        f"<soap:Fault><soap:Code><soap:Value>soap:{who}</soap:Value><soap:Subcode><soap:Value>siram:{subcode}"
        f'</soap:Value></soap:Subcode></soap:Code><soap:Reason><soap:Text xml:lang="fr">{escape(text)}</soap:Text>'
        f'</soap:Reason><soap:Detail><siram:Erreur code="{code}" severite="fatal" messageID="{escape(message_id)}">'
        f"{escape(text)}</siram:Erreur></soap:Detail></soap:Fault>",
        message_id,
        "plain",
    )


def _envelope(body: str, message_id: str, style: str) -> bytes:
    outer, inner = ("soap", "env") if style == "env" else ("soap", "soap")
    header = (
        f'<soap:Header><wsa:RelatesTo xmlns:wsa="{WSA}">{escape(message_id)}</wsa:RelatesTo>'
        f'<sim:Simulateur xmlns:sim="{SIMULATOR}">{_NOTICE}</sim:Simulateur></soap:Header>'
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><{outer}:Envelope xmlns:soap="{SOAP}" xmlns:siram="{SIRAM}">{header}'
        f'<{inner}:Body xmlns:{inner}="{SOAP}">{body}</{inner}:Body></{outer}:Envelope>'
    ).encode()
