"""Holders of the tests' specimens: one that INSi's simulator knows, and anybody by chance."""

import random
from dataclasses import replace

from kiosk.training.holder import SpecimenPerson

ZOE = SpecimenPerson("ADRUN", ("ZOE",), "1975-12-31", "F", "MAZOIRES")  # as INSi's simulator knows her
ZOE_ELSEWHERE = replace(ZOE, birth_place="SAINT-DENIS")  # on purpose: only who reads the original sees it

_SURNAMES = """
    MARTIN BERNARD THOMAS PETIT ROBERT DURAND DUBOIS MOREAU LAURENT SIMON LEFEBVRE LEROY ROUX GARCIA FOURNIER KOWALCZYK
    NGUYEN YILMAZ O'CONNOR D'ARTAGNAN DE-LA-TOUR LE-GALL VAN-DER-BERG ZOUBI XAVIER QUENTIN WOJCIK KJELDSEN HUYGHEBAERT
    SCHWARZENBERGER-HOHENSTEIN ÉTIENNE GONÇALVES MÜLLER BJÖRK FOUQUET-DE-BELLE-ISLE JOLY BIDIBOB OBADIA SIBONY ZISS
"""
_GIVEN = """
    MARIE JEAN PIERRE LOUISE JEAN-BAPTISTE ANNE-SOPHIE CHLOÉ ZOÉ FRANÇOIS KÉVIN WALID XAVIÈRE YANNICK QUITTERIE OSCAR
    BOB GUSTAVE ISIS LÉO MARGUERITE DOMINIQUE SIBYLLE THÉODORE BALTHAZAR EMMANUELLE JOSÉPHINE KIM UGO ÈVE OTTO IGOR
"""


def somebody(rng: random.Random) -> SpecimenPerson:
    """Draw a person by chance."""
    names = tuple(rng.sample(_GIVEN.split(), rng.choice((1, 1, 2, 3))))
    date = f"{rng.randint(1930, 2024):04d}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
    return SpecimenPerson(rng.choice(_SURNAMES.split()).replace("-", rng.choice("- ")), names, date, rng.choice("FM"))
