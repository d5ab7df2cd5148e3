"""Who can put a blocking difference right, by source and birth place (HAN; ins-rules 4)."""

from kiosk.core.coherence.reasons import Corrector
from kiosk.core.identity.places import NEW_CALEDONIA, is_abroad
from kiosk.core.identity.traits import Source, Traits
from kiosk.core.sources.document import DocumentKind

_OF_DOCUMENT = {
    DocumentKind.FRENCH_ID_2021: (Corrector.TOWN_HALL,),
    DocumentKind.FRENCH_ID_1988: (Corrector.TOWN_HALL,),
    DocumentKind.PASSPORT: (Corrector.TOWN_HALL, Corrector.ISSUING_STATE),
    DocumentKind.RESIDENCE_PERMIT: (Corrector.PREFECTURE,),
    DocumentKind.EUROPEAN_ID: (Corrector.ISSUING_STATE,),
}
_OF_ANY_DOCUMENT = (Corrector.TOWN_HALL, Corrector.PREFECTURE, Corrector.ISSUING_STATE)


def correctors(left: Traits, right: Traits, document: DocumentKind | None = None) -> tuple[Corrector, ...]:
    """List who can put a difference between these two right, in the order to try: first what was read here."""
    found = [Corrector.STAFF]
    for traits in (left, right) if _place_in_line(left) <= _place_in_line(right) else (right, left):
        for corrector in _of(traits, document):
            if corrector not in found:
                found.append(corrector)
    return tuple(found)


_ORDER = (Source.STAFF, Source.DOCUMENT, Source.CARD, Source.INSI, Source.APPLI)  # the likeliest mistake first


def _place_in_line(traits: Traits) -> tuple[int, str]:
    """Two of one source are told apart by their place of birth: the order of the two never matters."""
    return _ORDER.index(traits.source), traits.birth_place_code


def _of(traits: Traits, document: DocumentKind | None) -> tuple[Corrector, ...]:
    match traits.source:
        case Source.DOCUMENT:
            return _OF_ANY_DOCUMENT if document is None else _OF_DOCUMENT.get(document, _OF_ANY_DOCUMENT)
        case Source.CARD:
            return (Corrector.HEALTH_FUND,)
        case Source.INSI | Source.APPLI:
            return _of_ins(traits.birth_place_code)
        case Source.STAFF:
            return ()


def _of_ins(place: str) -> tuple[Corrector, ...]:
    """An error in the INS: INSEE for who was born in France, the health-insurance fund otherwise (HAN)."""
    if not place:
        return (Corrector.INSEE, Corrector.HEALTH_FUND)
    if is_abroad(place) or place.startswith(NEW_CALEDONIA):
        return (Corrector.HEALTH_FUND,)
    return (Corrector.INSEE,)
