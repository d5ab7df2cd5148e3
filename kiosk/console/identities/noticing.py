"""What staff must know before deciding: oddities of the card, the answer and the document, in words."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _

from kiosk.console.identities import fitting
from kiosk.console.identities.accepting import judged
from kiosk.console.identities.comparing import is_partly_read, is_unasked, may_be_asked_again
from kiosk.console.identities.reasons import TRAITS
from kiosk.console.register import visits
from kiosk.console.words import day
from kiosk.core.checkin.value import CheckIn
from kiosk.core.coherence.reasons import Trait
from kiosk.core.identity.matricule import MatriculeKind
from kiosk.core.sources.document import SealReading, SealVerdict, ValidityStatus
from kiosk.core.sources.insi import InsCertificateTrouble, InsFound, InsNotFound, InsRefused, InsSeveral, InsUnreachable
from kiosk.core.status.acceptance import AnswerFault
from kiosk.core.status.attestation import FOR_THE_UNIT, code_of
from kiosk.core.status.notices import DISTRUSTS, FAULTS, ODDITIES


@dataclass(frozen=True, slots=True)
class Notice:
    """Something staff must know before deciding; never shown to the patient."""

    text: str
    weight: str = "wait"  # "info", "wait" or "stop"


def notices(
    check_in: CheckIn,
    today: date,
    *,
    asks_about_answer: bool = False,
    is_asked: bool = True,
    says_awaited: bool = False,
    is_left_for_desk: bool = False,
    is_first_time: bool = False,
    has_staff_asked: bool = False,
) -> tuple[Notice, ...]:
    """Oddities of the card, the answer and the document, in words.

    ``asks_about_answer``: the page has a box to tick for each oddity of the answer, which says it there.
    ``is_left_for_desk``: it is asked as soon as staff take the patient in hand.
    ``is_asked``: an answer is awaited; ``says_awaited``: the page says so, where staff asked, and what was answered
    before is no news. ``is_first_time``: nobody asked before, so nobody was left without an answer.
    """
    said: list[Notice] = []
    if is_partly_read(check_in):
        said.append(Notice(_(PARTLY_READ)))
    match check_in.insi:
        case InsUnreachable() | InsNotFound() | InsSeveral() | InsRefused() | InsCertificateTrouble() if says_awaited:
            pass
        case InsUnreachable(reason) if (distrust := code_of(reason)) is not None:
            weight = "stop" if distrust in FOR_THE_UNIT else "wait"
            said.append(Notice(_(DISTRUSTS[distrust]), weight))
        case InsUnreachable(visits.VOID):
            said.append(Notice(_("La réponse nationale précédente a été écartée. Interrogez de nouveau.")))
        case InsUnreachable(visits.CARD_TOO_OLD) if not is_asked:
            said.append(Notice(_(CARD_TOO_OLD).format(minutes=settings.KIOSK.card_minutes)))
        case InsUnreachable() if settings.KIOSK.insi is None:
            said.append(Notice(_("Le service national n’est pas configuré ici : validez sans INS.")))
        case InsUnreachable() if is_left_for_desk:
            said.append(Notice(_("Le service national sera interrogé dès que vous prendrez ce patient."), "info"))
        case InsUnreachable(visits.REPORTED) if not is_asked:
            said.append(
                Notice(_("La réponse donnée par la borne n’est pas retenue. Interrogez avec la pièce en main."))
            )
        case InsUnreachable(visits.REPORTED):
            said.append(
                Notice(_("La réponse donnée par la borne n’est pas retenue : la question est posée d’ici."), "info")
            )
        case InsUnreachable() if not is_asked and not may_be_asked_again(check_in):
            said.append(Notice(_(_no_question(check_in))))
        case InsUnreachable() if not is_asked:
            said.append(Notice(_("Le service national n’a pas répondu. Interrogez de nouveau.")))
        case InsUnreachable(reason) if is_first_time and reason in visits.NOBODY_ASKED:
            said.append(Notice(_("La question est posée au service national : la réponse s’affichera ici."), "info"))
        case InsUnreachable():
            said.append(
                Notice(_("Le service national n’a pas encore répondu. La question est reposée automatiquement."))
            )
        case InsNotFound():
            said.append(Notice(_(STILL_NOBODY if has_staff_asked else NOBODY)))
        case InsSeveral():
            said.append(Notice(_(MANY)))
        case InsRefused() if is_unasked(check_in.insi):
            said.append(Notice(_(_no_question(check_in))))
        case InsRefused():
            said.append(Notice(_("Le service national a refusé la demande. Prévenez l’informatique."), "stop"))
        case InsCertificateTrouble():
            said.append(Notice(_("Le certificat de la structure n’est pas accepté. Prévenez l’informatique."), "stop"))
        case InsFound() as found:
            said += _answer_notices(found, says_odd=not asks_about_answer)
            if found.is_attested and check_in.appli is not None:
                said.append(Notice(_("Appli carte Vitale vérifiée : le service national n’est pas interrogé."), "info"))
    said += [Notice(_(_ANOMALIES[anomaly.value])) for anomaly in check_in.card_anomalies if anomaly.value in _ANOMALIES]
    is_searched_with = check_in.mrz is not None or not isinstance(check_in.insi, InsUnreachable)
    if is_searched_with and check_in.card is None and check_in.appli is None and not _is_card_unread(check_in):
        said.append(Notice(_("Pas de carte Vitale lue : recherche faite avec la pièce d’identité."), "info"))
    said += _document_notices(check_in, today)
    return tuple(said)


def _no_question(check_in: CheckIn) -> str:
    """Where only a touch of the screen brought somebody, the desk has nothing to ask with."""
    return NO_QUESTION if check_in.pictures or not fitting.is_unread(check_in) else NOTHING_READ


def _is_card_unread(check_in: CheckIn) -> bool:
    """A card was read, and what the kiosk says of it is not understood here."""
    return any(where.startswith("check_in.card.") or where == "check_in.card" for where in check_in.not_understood)


def _answer_notices(found: InsFound, *, says_odd: bool) -> list[Notice]:
    """What forbids the answer, then what is odd in it; and that this is nobody's number, where that forbids nothing."""
    acceptance = judged(found)
    said = [Notice(_(FAULTS[fault]), "stop") for fault in acceptance.forbids]
    said += [Notice(_(ODDITIES[odd]) + ".") for odd in acceptance.to_confirm if says_odd]
    is_test = found.matricule.kind in {MatriculeKind.NIR_TEST, MatriculeKind.NIR_DEMO}
    if is_test and AnswerFault.TEST_OID not in acceptance.forbids:
        said.append(Notice(_(FAULTS[AnswerFault.TEST_OID])))
    return said


def _document_notices(check_in: CheckIn, today: date) -> list[Notice]:
    mrz = check_in.mrz
    if not check_in.pictures and mrz is None:
        return []
    said = []
    if mrz is None:
        said.append(Notice(_("La bande de lecture n’a pas été lue : comparez chaque trait avec l’original.")))
    elif not mrz.accepted:
        said.append(Notice(_("Lecture incertaine de la bande : comparez chaque trait avec l’original.")))
    said += _validity_notices(check_in, today)
    if check_in.seal is not None:
        said += _seal_notices(check_in.seal)
    return said


def _validity_notices(check_in: CheckIn, today: date) -> list[Notice]:
    """Until when the document is valid; staff decides what follows (décret n° 2013-1188 for the five years more)."""
    valid = check_in.document_validity
    if valid is None:
        expiry = check_in.mrz.expiry if check_in.mrz is not None else ""
        is_over = bool(expiry) and expiry < today.isoformat()
        return [Notice(_("Pièce expirée le {date}.").format(date=day(expiry)))] if is_over else []
    until = _until(valid.until)
    match valid.status:
        case ValidityStatus.EXPIRED if valid.is_extended:
            text = _("Pièce expirée : même avec cinq ans de plus, elle valait jusqu’en {date}.")
            return [Notice(text.format(date=until))]
        case ValidityStatus.EXPIRED:
            return [Notice(_("Pièce expirée : elle valait jusqu’au {date}.").format(date=until))]
        case ValidityStatus.ASK_STAFF:
            return [Notice(_("La pièce expire ce mois-ci : lisez la date sur l’original."))]
        case ValidityStatus.VALID if valid.is_extended:
            text = _("Carte délivrée à un adulte entre 2004 et 2013 : valable cinq ans de plus, jusqu’au {date}.")
            return [Notice(text.format(date=until), "info")]
    return []


def _until(text: str) -> str:
    """31/12/2029, or 12/2029 when only the month is known."""
    return "/".join(reversed(text.split("-")))


def _seal_notices(seal: SealReading) -> list[Notice]:
    """What the visible seal says (cachet électronique visible): it proves a text, never the card that bears it."""
    text, weight = SEALS[seal.verdict]
    said = [Notice(_(text), weight)]
    if seal.contradictions:
        names = ", ".join(seal_label(name) for name in seal.contradictions)
        said.append(
            Notice(_("Le cachet et la bande de lecture se contredisent : {names}.").format(names=names), "stop")
        )
    elif seal.verdict is SealVerdict.GENUINE and not seal.is_compared:
        said.append(Notice(_("Le cachet n’a pas pu être rapproché de la bande : comparez-les vous-même.")))
    return said


def seal_fields(check_in: CheckIn) -> tuple[tuple[str, str], ...]:
    """What the seal states, for staff to lay beside the document; cut values say so."""
    if check_in.seal is None:
        return ()
    said = []
    for name, value in check_in.seal.fields[:MOST_FIELDS]:
        is_date = name == "birth_date" and len(value) == 8 and value.isdigit()
        shown = f"{value[:2]}/{value[2:4]}/{value[4:]}" if is_date else value.replace("/", " ")
        said.append((seal_label(name), shown + ("…" if name in check_in.seal.cut else "")))
    return tuple(said)


def seal_label(name: str) -> str:
    """What a field of the seal is called."""
    label: str = _(SEAL_FIELDS[name]) if name in SEAL_FIELDS else _("Champ {code}").format(code=name[:20])
    return label


MOST_FIELDS = 20
PARTLY_READ = (
    "La borne est plus récente que ce logiciel : une partie de ce qu’elle a envoyé n’est pas affichée. "
    "Comparez tout avec l’original, et prévenez l’informatique."
)
NO_QUESTION = (
    "Ni la carte ni la pièce lues ne suffisent pour interroger le service national. Interrogez avec la pièce en main."
)
NOTHING_READ = (
    "Ni carte ni pièce à la borne : le service national ne peut pas être interrogé d’ici. "
    "Validez sans INS avec la pièce en main, ou confiez à l’identitovigilance."
)
NOBODY = (
    "Le service national ne trouve personne avec ces traits. Les soins continuent. "
    "Relisez l’original, puis interrogez de nouveau."
)
STILL_NOBODY = (
    "Votre recherche ne trouve personne non plus. Les soins continuent. "
    "Changez un trait et interrogez de nouveau, ou validez sans INS."
)
MANY = (
    "Plusieurs identités correspondent : le service national n’en donne aucune. "
    "Relisez l’original, puis interrogez de nouveau."
)
CARD_TOO_OLD = (
    "La carte a été lue il y a plus de {minutes} minutes : elle ne sert plus à interroger. "
    "Interrogez avec la pièce en main, ou faites relire la carte à la borne."
)
SEALS = {
    SealVerdict.GENUINE: ("Cachet électronique authentique.", "info"),
    SealVerdict.FALSE: ("Cachet électronique faux : son texte a été modifié. Prévenez l’identitovigilance.", "stop"),
    SealVerdict.SIGNER_EXPIRED: (
        "Cachet électronique signé hors de la validité du signataire : vérifiez la pièce.",
        "wait",
    ),
    SealVerdict.UNKNOWN_SIGNER: ("Cachet électronique d’un signataire inconnu ici : rien ne peut en être dit.", "info"),
    SealVerdict.NOT_VERIFIED: ("Cachet électronique lu mais non vérifié : aucun certificat n’est installé.", "info"),
}
SEAL_FIELDS = {
    "birth_name": TRAITS[Trait.BIRTH_NAME],
    "given_names": TRAITS[Trait.GIVEN_NAMES],
    "name_in_use": "Nom utilisé",
    "kind": "Type de pièce",
    "number": "Numéro de la pièce",
    "nationality": "Nationalité",
    "sex": TRAITS[Trait.SEX],
    "birth_date": TRAITS[Trait.BIRTH_DATE],
    "birth_place": TRAITS[Trait.BIRTH_PLACE],
    "birth_country": "Pays de naissance",
}
_ANOMALIES = {
    "truncated": "Une partie de la carte n’a pas pu être lue.",
    "numbers-do-not-match": "Les numéros de la carte ne concordent pas.",
    "number-missing": "La carte ne porte pas le numéro de l’assuré.",
    "bad-key": "La clé du numéro de la carte est fausse.",
    "bad-date": "La date de la carte est illisible.",
    "unreadable-text": "Une partie de la carte est illisible.",
    "too-many": "La carte porte plus de bénéficiaires que prévu.",
    "birth-rank-guessed": "La carte porte des jumeaux : vérifiez le prénom.",
}
