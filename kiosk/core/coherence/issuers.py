"""How issuing states write foreign letters in a machine-readable zone (ICAO Doc 9303 part 3, section 6, table A).

The table leaves a choice: Ä may be AE or A, Ü may be UE, UXX or U. Believing every choice of everybody makes two names
of one: MAES is not MÄS on a French card, where MÄS is MAS. So a letter written out is believed only of an issuer known
to write so; whoever is not here writes the letter without its marks.

Not here on purpose: Belgium and the Netherlands, whose own names are full of AE, OE, UE and AA (MAES, GOETHALS,
BUELENS, HAAS); Türkiye, said to write Ö as O and Ü as U; Estonia, of whose practice no text was found. Where one of
them does write a letter out, the name blocks: nobody is taken for another.
"""

from collections.abc import Mapping
from types import MappingProxyType

Spellings = Mapping[str, str]  # what the zone writes, and the letter INSi has (A-Z only) in its place

PLAIN: Spellings = MappingProxyType({})
_GERMAN: Spellings = MappingProxyType({"AE": "A", "OE": "O", "UE": "U"})  # Ä Ö Ü
_NORDIC: Spellings = MappingProxyType({"AA": "A", "AE": "A", "OE": "O", "UE": "U"})  # Å, Ä, Ö Ø, Ü
_SPANISH: Spellings = MappingProxyType({"NXX": "N", "UXX": "U"})  # Ñ Ü, allowed there and hardly ever met
_OF_ISSUER: dict[str, Spellings] = {
    **dict.fromkeys(("D", "DEU", "AUT", "CHE", "LIE", "LUX", "HUN"), _GERMAN),
    **dict.fromkeys(("DNK", "FIN", "ISL", "NOR", "SWE"), _NORDIC),
    "ESP": _SPANISH,
}


def written_out(state: str) -> Spellings:
    """Give what this issuing state, as a zone writes it, makes of a foreign letter; nothing for all others."""
    return _OF_ISSUER.get(state.strip(" <").upper(), PLAIN) if state else PLAIN
