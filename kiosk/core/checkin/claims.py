"""Who a check-in's sources say has come, as the rule of the returning person asks for it."""

from kiosk.core.checkin.stated import Witness, best
from kiosk.core.checkin.value import CheckIn
from kiosk.core.identity.matricule import Mark
from kiosk.core.sources.document import SealReading, SealVerdict
from kiosk.core.sources.insi import InsFound
from kiosk.core.status.returning import Said


def said_by(check_in: CheckIn, mark: Mark | None, ipp: tuple[str, str] | None = None) -> Said:
    """Gather it: ``mark`` is that of the answer's matricule, ``ipp`` a domain and its opaque mark, where one came."""
    return Said(
        answer=check_in.insi if isinstance(check_in.insi, InsFound) else None,
        mark=mark,
        card=check_in.card,
        card_number=check_in.card_nir[:13],
        is_insured=not check_in.insured_nir,
        card_anomalies=check_in.card_anomalies,
        document=best(check_in, (Witness.DOCUMENT,)),
        unsure_document=best(check_in, (Witness.DOUBTFUL,)),
        issuer=check_in.mrz.issuing_state if check_in.mrz is not None else "",
        has_false_seal=check_in.seal is not None and _is_false(check_in.seal),
        is_partly_read=bool(check_in.not_understood),
        ipp=ipp,
    )


def _is_false(seal: SealReading) -> bool:
    return seal.verdict is SealVerdict.FALSE or bool(seal.contradictions)
