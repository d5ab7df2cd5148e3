"""Answers, mutated: bytes turned, pieces cut, repeated, swapped or replaced by what hurts parsers."""

from hypothesis import strategies as st

from kiosk.insi.population import TEST_PEOPLE
from kiosk.insi.simulated_answers import STYLES, fault, result
from tests.insi.envelopes import FAULT_550, FAULT_DOWN, FOUND

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


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """One real answer with a few mutations."""
    body = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 6))):
        body = _mutate(draw, body)[:100_000]
    return body


def _mutate(draw: st.DrawFn, body: bytes) -> bytes:
    start = draw(st.integers(0, len(body)))
    end = min(len(body), start + draw(st.integers(0, 200)))
    match draw(st.integers(0, 5)):
        case 0:
            return body[:start] + draw(st.sampled_from(PIECES)) + body[start:]
        case 1:
            return body[:start] + body[end:]
        case 2:
            return body[:start] + body[start:end] * draw(st.integers(2, 5)) + body[end:]
        case 3:
            return body[:start] + bytes([draw(st.integers(0, 255))]) + body[start + 1 :]
        case 4:
            return body[:start] + draw(st.sampled_from(PIECES)) + body[end:]
    return body.replace(draw(st.sampled_from((b"ns2:", b"insi:", b"soap:", b"Cle", b"OID"))), b"", 3)
