"""Answers, mutated: bytes turned, pieces cut, repeated, swapped or replaced by what hurts parsers."""

import copy
import random

from lxml import etree

from kiosk.insi.simulated.answers import STYLES, fault, result
from kiosk.insi.simulated.population import TEST_PEOPLE
from tests.insi.envelopes import FAULT_550, FAULT_DOWN, FOUND

EXPANDED = "EXPANDED"
SEEDS = (
    *(result("00", person, "uuid:m", style) for person in TEST_PEOPLE for style in STYLES),
    result("01", None, "uuid:m"),
    result("02", None, "uuid:m", "env"),
    fault("siram_40", "insi_102", "panne", "uuid:m", sender=False),
    *(FOUND.encode(), FAULT_550.encode(), FAULT_DOWN.encode()),
)
PIECES = (
    *(b"<", b">", b"&", b"</", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?xml?>", b"\x00", b"\xff\xfe", b"\xc3\x28"),
    *(b"&e;", b"&amp;", b"&#x41;", b"&#0;", b"&#xFFFFFFFF;", b"<a>", b'xmlns=""', b'xmlns:ns2="urn:x"', b"A" * 3000),
    b'<!DOCTYPE a [<!ENTITY e "EXPANDED">]>',
    b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
    b'<?xml version="1.0" encoding="utf-16"?>',
    *(b"00", b"01", b"RESULTAT", b"INDIVIDU", b"INSACTIF", b"</insi:INSACTIF>", b"<ns2:INSHISTO>", b"soap:Fault"),
)
TEXTS = (
    *("", " ", "00", "01", "02", "99", "é", "\u200b", "𝕏" * 3, "A" * 5000, "0000-00-00", "2009-99-99", "1951-20-00"),
    *(
        "٢٠٠٩-٠٧-١٤",
        "I",
        "f",
        "2A",
        "2751263220749",
        "275126322074A",
        "１２３４５６７８９０１２３",
        "97",
        "-1",
        "1.2.250.1.213.1.4.11",
    ),
    *("&e;", "<b/>", "]]>", "\ud7ff", "\ufffd", "desir_550", "siram_40", "soap:Sender", "\r\n\t"),
)


def mutated(dice: random.Random) -> bytes:
    """One real answer with a few mutations; the same dice give the same answer."""
    body = dice.choice(SEEDS)
    if dice.random() < 0.7:  # still XML: what is said is wrong, not how
        body = _retold(dice, body)
        if dice.random() < 0.8:
            return body
    for _ in range(dice.randint(1, 6)):
        body = _mutate(dice, body)[:100_000]
    return body


def _retold(dice: random.Random, body: bytes) -> bytes:
    """The same answer with elements gone, twice, elsewhere, renamed, or saying something else."""
    root = etree.fromstring(body)
    for _ in range(dice.randint(1, 5)):
        elements = [each for each in root.iter() if isinstance(each.tag, str) and each.getparent() is not None]
        if len(elements) < 2:
            break
        chosen, other = dice.choice(elements), dice.choice(elements)
        parent = chosen.getparent()
        assert parent is not None
        match dice.randint(0, 6):
            case 0:
                parent.remove(chosen)
            case 1:
                parent.insert(dice.randint(0, len(parent)), copy.deepcopy(chosen))
            case 2 if not any(each is chosen for each in other.iterancestors()) and other is not chosen:
                other.append(chosen)
            case 3:
                chosen.tag = other.tag
            case 4:
                chosen.tag = dice.choice(("{urn:x}x", "y", "{http://www.cnamts.fr/INSiResultat}Nouveau"))
            case _:
                chosen.text = dice.choice(TEXTS)
    return etree.tostring(root, encoding=dice.choice(("UTF-8", "UTF-16", "ISO-8859-1")), xml_declaration=True)


def _mutate(dice: random.Random, body: bytes) -> bytes:
    start = dice.randint(0, len(body))
    end = min(len(body), start + dice.randint(0, 200))
    match dice.randint(0, 6):
        case 0:
            return body[:start] + dice.choice(PIECES) + body[start:]
        case 1:
            return body[:start] + body[end:]
        case 2:
            return body[:start] + body[start:end] * dice.randint(2, 5) + body[end:]
        case 3:
            return body[:start] + bytes([dice.randrange(256)]) + body[start + 1 :]
        case 4:
            return body[:start] + dice.choice(PIECES) + body[end:]
        case 5:
            text, tag = dice.choice((b">ADRUN<", b">ECETINSI<", b">00<", b">F<", b">M<")), dice.choice(PIECES)
            return body.replace(text, b">" + tag + b"<", 1)
    return body.replace(dice.choice((b"ns2:", b"insi:", b"soap:", b"Cle", b"OID")), b"", 3)


def entity_bombs() -> tuple[bytes, ...]:
    """Well-formed answers whose name is an entity, in each encoding that could hide the declaration."""
    found = FOUND.replace("ECET", "&e;")
    return tuple(
        found.replace('encoding="UTF-8"?>', f'encoding="{encoding}"?><!DOCTYPE a [<!ENTITY e "{EXPANDED}">]>').encode(
            encoding
        )
        for encoding in ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-7", "utf-32", "cp037")
    )
