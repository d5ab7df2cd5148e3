"""What staff wrote down from the original, laid beside what a machine read there and beside what INSi says.

Each check passes, or NotAllowed names the rule.
"""

from django.utils import timezone
from django.utils.translation import gettext as _

from kiosk.console.identities import accepting, comparing, original
from kiosk.console.identities.original import Original
from kiosk.console.identities.reasons import STRICT_TRAITS, NotAllowed, refused
from kiosk.core.checkin.value import CheckIn
from kiosk.core.coherence.compare import compare
from kiosk.core.identity.names import NameRefused, comparison_key
from kiosk.core.identity.traits import Traits
from kiosk.core.sources.insi import InsFound
from kiosk.core.status.permissions import missing_to_create
from kiosk.core.status.transitions import Refusal

OLDEST = 130  # years; nobody is known to have lived longer than 122


def check_original(written: Original, first_given_name: str, check_in: CheckIn) -> None:
    """An identity without INS has five traits that staff read on the original; a certain reading of it agrees."""
    traits = written.traits()
    missing = missing_to_create(traits, first_given_name)
    if missing:
        names = ", ".join(_(STRICT_TRAITS[trait]) for trait in missing)
        raise NotAllowed(_("Il manque {names} : écrivez ce que porte l’original.").format(names=names))
    _check_readable(traits)
    read, issuer = comparing.read_by_machine(check_in), comparing.issuer_of(check_in)
    if read is None or read.birth_place_code != traits.birth_place_code:
        _check_place(traits)
    if read is not None and compare(read, traits, places=comparing.places(), issuer=issuer).is_blocking:
        raise NotAllowed(
            _(
                "Ce que vous avez écrit diffère de ce qui est lu sur la pièce : "
                "relisez l’original, ou confiez à l’identitovigilance."
            )
        )


def _check_readable(traits: Traits) -> None:
    """A name is made of letters, and nobody is born tomorrow or in 1600: what is no trait agrees with everything."""
    try:
        is_name = all(map(comparison_key, (traits.birth_name, *traits.given_names)))
    except NameRefused:
        is_name = False
    if not is_name:
        raise NotAllowed(_("Un nom ou un prénom n’est pas fait de lettres : relisez l’original."))
    born = traits.birth_date.as_date() if traits.birth_date is not None else None
    if born is not None and born > timezone.localdate():
        raise NotAllowed(_("La date de naissance est dans l’avenir : relisez l’original."))
    if born is not None and born.year < timezone.localdate().year - OLDEST:
        raise NotAllowed(_("La date de naissance est trop ancienne : relisez l’original."))


def _check_place(traits: Traits) -> None:
    """A code that nobody is born under is another place than INSi's, whatever the original says."""
    code = traits.birth_place_code
    if not comparing.places().is_possible(code, traits.birth_date):
        text = _("Personne ne naît sous le code {code} : écrivez le nom du lieu, ou 99999 si personne ne le connaît.")
        raise NotAllowed(text.format(code=code))


def check_it_differs(written: Original, check_in: CheckIn, side_by_side: comparing.Compared) -> None:
    """Whoever does without an answer that could be taken has read on the original what INSi does not say."""
    if side_by_side.answer is None or side_by_side.blocks or accepting.acceptance(check_in).forbids:
        return
    if not compare(written.traits(), side_by_side.answer, places=comparing.places()).is_blocking:
        raise NotAllowed(_("Les traits concordent avec la réponse nationale : qualifiez."))


def check_it_agrees(written: Original, check_in: CheckIn, side_by_side: comparing.Compared) -> None:
    """Whoever wrote on the same form that the original says otherwise does not qualify, Enter pressed or not."""
    if side_by_side.answer is None or written == original.proposed(check_in):
        return
    if compare(written.traits(), side_by_side.answer, places=comparing.places()).is_blocking:
        raise NotAllowed(
            _(
                "Ce que vous avez écrit de l’original diffère de la réponse nationale : "
                "validez sans INS, ou confiez à l’identitovigilance."
            )
        )


def check_is_as_shown(mark: str, check_in: CheckIn) -> None:
    """What staff read and ticked was about the answer on their page: the worker may have changed it since."""
    if mark and mark != accepting.mark_of(check_in):
        raise refused(Refusal.ANOTHER_ANSWER)


def check_answer(written: original.Original | None, check_in: CheckIn) -> None:
    """What staff wrote down from the evidence already checked must agree with the answer that comes later (T5)."""
    found = check_in.insi
    if written is None or not isinstance(found, InsFound):
        return
    if compare(written.traits(), found.traits, places=comparing.places()).is_blocking:
        raise NotAllowed(
            _(
                "La réponse diffère de ce qui a été lu sur l’original à la validation : "
                "refusez, confiez à l’identitovigilance ou déclassez."
            )
        )
