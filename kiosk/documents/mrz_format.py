"""The shapes of the machine-readable zone (bande MRZ): ICAO Doc 9303 parts 3 to 6, and the French card before 2021."""

from dataclasses import dataclass

FILLER = "<"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"
ALPHABET = DIGITS + LETTERS + FILLER

Span = tuple[int, int, int]  # line, first column, column after the last; from 0

# What a cell may hold, by the letter of its class in a grammar.
CLASSES = {
    "N": LETTERS + FILLER,  # names, states, a passport's second letter
    "M": LETTERS + FILLER + "12",  # a card's second character, at the issuer's discretion (Doc 9303 part 5; C1: USA)
    "X": ALPHABET,  # numbers and optional data
    "D": DIGITS + FILLER,  # dates, of which a part may be unknown
    "C": DIGITS,  # a check digit
    "K": DIGITS + FILLER,  # a check digit that may be absent
    "S": "MF" + FILLER,  # sex
    "A": "ACI",  # code of a card
    "P": "P",  # code of a passport
    "V": "V",  # code of a visa
    "i": "I",
    "d": "D",
    "f": "F",
    "r": "R",
    "a": "A",
}


@dataclass(frozen=True, slots=True)
class MrzFormat:
    """One layout: where each field and each check digit stands."""

    name: str
    grammar: tuple[str, ...]
    fields: dict[str, Span]
    checks: dict[str, tuple[tuple[Span, ...], tuple[int, int]]]  # what is summed, and where the digit is

    @property
    def rows(self) -> int:
        return len(self.grammar)

    @property
    def columns(self) -> int:
        return len(self.grammar[0])

    def allowed(self, line: int, column: int) -> str:
        return CLASSES[self.grammar[line][column]]


TD1 = MrzFormat(
    "TD1",
    ("AMNNN" + "X" * 9 + "K" + "X" * 15, "D" * 6 + "C" + "S" + "D" * 6 + "K" + "NNN" + "X" * 11 + "C", "N" * 30),
    {
        "code": (0, 0, 2),
        "state": (0, 2, 5),
        "number": (0, 5, 14),
        "optional": (0, 15, 30),
        "birth": (1, 0, 6),
        "sex": (1, 7, 8),
        "expiry": (1, 8, 14),
        "nationality": (1, 15, 18),
        "optional2": (1, 18, 29),
        "names": (2, 0, 30),
    },
    {
        "number": (((0, 5, 14),), (0, 14)),
        "birth": (((1, 0, 6),), (1, 6)),
        "expiry": (((1, 8, 14),), (1, 14)),
        "composite": (((0, 5, 30), (1, 0, 7), (1, 8, 15), (1, 18, 29)), (1, 29)),
    },
)
_TWO_LINE_FIELDS: dict[str, Span] = {
    "code": (0, 0, 2),
    "state": (0, 2, 5),
    "number": (1, 0, 9),
    "nationality": (1, 10, 13),
    "birth": (1, 13, 19),
    "sex": (1, 20, 21),
    "expiry": (1, 21, 27),
}
_TWO_LINE_CHECKS: dict[str, tuple[tuple[Span, ...], tuple[int, int]]] = {
    "number": (((1, 0, 9),), (1, 9)),
    "birth": (((1, 13, 19),), (1, 19)),
    "expiry": (((1, 21, 27),), (1, 27)),
}
_SECOND_LINE = "X" * 9 + "K" + "NNN" + "D" * 6 + "C" + "S" + "D" * 6 + "K"
TD2 = MrzFormat(
    "TD2",
    ("AMNNN" + "N" * 31, _SECOND_LINE + "X" * 7 + "C"),
    {**_TWO_LINE_FIELDS, "optional": (1, 28, 35), "names": (0, 5, 36)},
    {**_TWO_LINE_CHECKS, "composite": (((1, 0, 10), (1, 13, 20), (1, 21, 35)), (1, 35))},
)
TD3 = MrzFormat(
    "TD3",
    ("PNNNN" + "N" * 39, _SECOND_LINE + "X" * 14 + "KC"),
    {**_TWO_LINE_FIELDS, "optional": (1, 28, 42), "names": (0, 5, 44)},
    {
        **_TWO_LINE_CHECKS,
        "optional": (((1, 28, 42),), (1, 42)),
        "composite": (((1, 0, 10), (1, 13, 20), (1, 21, 43)), (1, 43)),
    },
)
FRENCH_ID = MrzFormat(  # carte nationale d'identité before August 2021: never TD2, whatever its size
    "FRENCH-ID",
    ("idfra" + "N" * 25 + "X" * 6, "CCCC" + "X" * 8 + "C" + "N" * 14 + "D" * 6 + "C" + "S" + "C"),
    {
        "code": (0, 0, 2),
        "state": (0, 2, 5),
        "surname": (0, 5, 30),
        "office": (0, 30, 36),
        "number": (1, 0, 12),
        "given": (1, 13, 27),
        "birth": (1, 27, 33),
        "sex": (1, 34, 35),
    },
    {
        "number": (((1, 0, 12),), (1, 12)),
        "birth": (((1, 27, 33),), (1, 33)),
        "composite": (((0, 0, 36), (1, 0, 35)), (1, 35)),
    },
)
MRV_A = MrzFormat(  # visa, 2x44: seen, named, not an identity document
    "MRV-A",
    ("VNNNN" + "N" * 39, _SECOND_LINE + "X" * 16),
    {**_TWO_LINE_FIELDS, "optional": (1, 28, 44), "names": (0, 5, 44)},
    _TWO_LINE_CHECKS,
)
MRV_B = MrzFormat(
    "MRV-B",
    ("VNNNN" + "N" * 31, _SECOND_LINE + "X" * 8),
    {**_TWO_LINE_FIELDS, "optional": (1, 28, 36), "names": (0, 5, 36)},
    _TWO_LINE_CHECKS,
)
ALL_FORMATS = (TD1, FRENCH_ID, TD2, TD3, MRV_B, MRV_A)

# Issuing states and nationalities: ISO 3166 alpha-3 and the additions of Doc 9303 part 3, section 5.
_STATES = (
    "ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR BHS BIH BLM "
    "BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL COM CPV CRI CUB CUW CXR "
    "CYM CYP CZE D DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY GHA GIB "
    "GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA "
    "JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO MDA "
    "MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR "
    "NPL NRU NZL OMN PAK PAN PCN PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS "
    "SHN SJM SLB SLE SLV SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON "
    "TTO TUN TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE "
    "ANT NTZ ROM SCG TMP YUG ZAR "  # of states that are no more; their documents may still be shown
    "GBD GBN GBO GBP GBS EUE UNO UNA UNK XBA XIM XCC XCE XCO XEC XPO XES XMP XOM XDC XXA XXB XXC XXX RKS UTO IAO"
)
KNOWN_STATES = frozenset(code.ljust(3, FILLER) for code in _STATES.split())
_EUROPEAN = (
    "AUT BEL BGR CYP CZE D DNK ESP EST FIN FRA GRC HRV HUN IRL ITA LTU LUX LVA MLT NLD POL PRT ROU SVK SVN SWE "
    "CHE ISL LIE NOR AND MCO SMR VAT"
)
EUROPEAN_STATES = frozenset(code.ljust(3, FILLER) for code in _EUROPEAN.split())
