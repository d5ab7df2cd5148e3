"""What a page recommends about one dossier, and the one sentence at its head: from what is known of it, nothing else.

Nothing is permitted or forbidden here: ``trying`` says what may be done, this only which of it comes first.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

REST = "Reste : {left}."


class Next(StrEnum):
    """The act that the page shows large; the others stand in the menu, each with its rule."""

    SAY_WHOSE = "whose"  # somebody known may have come: it is said first
    PRESENCE = "presence"
    PUT_BACK = "put-back"
    REVIEW = "review"  # a verification did not confirm the INS: the unit keeps or refuses it
    WAIT = "wait"  # the answer is under way
    QUALIFY = "qualify"
    CONFIDE = "confide"  # to the identity-vigilance unit
    ASK = "ask"
    VALIDATE = "validate"  # type what the original says, without INS


class Doubt(StrEnum):
    """What the unit judges and the desk does not; the gravest first."""

    UNUSABLE = "unusable"
    DISTRUSTED = "distrusted"  # an appli carte Vitale that did not prove itself
    SEAL = "seal"
    LOOK_ALIKE = "look-alike"
    DIFFERENCES = "differences"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of a dossier, as far as it matters to what comes next; nothing of who it is."""

    is_open: bool = False  # nobody has said yet whether it is one of those who are known
    is_expected: bool = False
    is_settled: bool = False
    is_unconfirmed: bool = False  # and a verification did not confirm the INS
    is_decided: bool = False  # and in nobody's hands
    is_awaited: bool = False
    is_answered: bool = True
    may_qualify: bool = False
    may_validate: bool = False
    may_ask: bool = False
    has_asked: bool = False  # staff asked already, and that found nobody
    is_of_unit: bool = False
    doubts: tuple[Doubt, ...] = ()
    differing: tuple[str, ...] = ()  # labels of traits
    tolerated: int = 0
    to_see: int = 0
    is_attested: bool = False  # an appli carte Vitale's word stands where INSi's would
    is_odd: bool = False  # the answer is unusual: each oddity is confirmed by its name
    is_unread: bool = False  # a picture that no machine read
    has_document: bool = True
    asks_place: bool = False
    is_minor: bool = False
    answer: str = ""  # what became of the question, where INSi gave nobody


@dataclass(frozen=True, slots=True)
class Advice:
    """What the page shows large, and says at its head."""

    next: Next
    sentence: str  # without what remains to be ticked
    left: tuple[tuple[str, str], ...] = ()  # that: the name of what is ticked on the form, and its words

    @property
    def rest(self) -> str:
        """What remains as long as nothing is ticked."""
        return _(REST).format(left=", ".join(words for _name, words in self.left)) if self.left else ""


def advice(case: Case) -> Advice:
    """The one act and the one sentence of this case."""
    following = recommended(case)
    is_over = case.is_decided and following is not Next.REVIEW
    if is_over:
        return Advice(following, _agreement(case))
    return Advice(following, _sentence(case, following), _left(case, following))


def recommended(case: Case) -> Next:
    """The act that the page shows large."""
    if case.is_open:
        return Next.SAY_WHOSE
    if case.is_expected:
        return Next.PRESENCE
    if case.is_settled:
        return Next.REVIEW if case.is_unconfirmed else Next.PUT_BACK
    if case.is_awaited and not case.is_answered:
        return Next.WAIT
    if case.doubts and not (case.is_of_unit and case.may_qualify):
        return Next.VALIDATE if case.is_of_unit and case.may_validate else Next.CONFIDE
    return Next.QUALIFY if case.may_qualify else _without_answer(case)


def _without_answer(case: Case) -> Next:
    """A question that may be mended is put again once, then what the original says is written down."""
    if case.may_ask and not case.has_asked:
        return Next.ASK
    if case.may_validate:
        return Next.VALIDATE
    return Next.ASK if case.may_ask else Next.CONFIDE


def _sentence(case: Case, following: Next) -> str:
    match following:
        case Next.SAY_WHOSE:
            return _("Cette personne est peut-être déjà connue : dites d’abord si c’est elle.")
        case Next.PRESENCE:
            return _("Déjà qualifiée ici. Reste : voir que c’est bien cette personne.")
        case Next.PUT_BACK:
            return _("Identité déjà qualifiée : rien à décider.")
        case Next.REVIEW:
            return _("Le service national ne confirme pas cet INS : contrôlez-le, puis gardez-le ou refusez-le.")
        case Next.WAIT:
            return _("La réponse nationale est attendue : elle s’affichera d’elle-même.")
        case Next.QUALIFY if not case.doubts:
            return _agreement(case)
        case Next.ASK:
            return f"{case.answer} {_('Corrigez sur l’original, puis interrogez.')}".strip()
        case Next.VALIDATE if not case.doubts:
            return f"{case.answer} {_('Écrivez ce que porte l’original.')}".strip()
    return _of_doubt(case, following)


def _of_doubt(case: Case, following: Next) -> str:
    said = _(DOUBTS[case.doubts[0]]) if case.doubts else _("Rien ici ne permet d’établir l’identité.")
    if case.doubts[:1] == (Doubt.UNUSABLE,) and case.is_attested:
        said = _("Cette appli carte Vitale ne peut pas être acceptée.")
    if case.doubts[:1] == (Doubt.DIFFERENCES,) and case.differing:
        said = _("Différence : {traits}.").format(traits=", ".join(case.differing))
    what = _("Relisez l’original, puis confiez à l’identitovigilance.") if following is Next.CONFIDE else ""
    return f"{said} {what}".strip()


DOUBTS = {
    Doubt.UNUSABLE: "Cette réponse nationale ne peut pas être acceptée.",
    Doubt.DISTRUSTED: "L’appli carte Vitale n’a pas fait ses preuves.",
    Doubt.SEAL: "Le cachet de la pièce est faux, ou dit autre chose.",
    Doubt.LOOK_ALIKE: "Doublon possible avec un autre dossier.",
    Doubt.DIFFERENCES: "Un trait diffère.",
    Doubt.EXPIRED: "La pièce a expiré.",
}


def _agreement(case: Case) -> str:
    if case.is_odd and case.is_attested:
        return _("L’appli carte Vitale dit quelque chose d’inhabituel.")
    if case.is_odd:
        return _("La réponse nationale est inhabituelle.")
    if case.is_decided and case.doubts:
        return _of_doubt(case, Next.VALIDATE)
    if case.to_see and not case.is_decided:
        return _("À confirmer : {traits}.").format(traits=", ".join(case.differing))
    if case.is_unread:
        return _("La pièce n’a pas été lue.")
    if not case.has_document:
        return _("Aucune pièce montrée à la borne.")
    if case.tolerated:
        return _("Tout concorde, à des différences tolérées près.")
    return _("Tout concorde.")


def _left(case: Case, following: Next) -> tuple[tuple[str, str], ...]:
    if following is not Next.QUALIFY or case.doubts:
        return ()
    who = _("l’identité dite par l’adulte") if case.is_minor else _("l’identité dite")
    piece = [] if case.is_attested else [("evidence", _("la pièce en main"))]
    place = [("place", _("le lieu lu"))] if case.asks_place else []
    return (*piece, ("said", who), *place)
