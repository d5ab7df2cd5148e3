"""The words of the pages: what codes are called for staff, and the typography of ``words`` as filters."""

from functools import cache, lru_cache
from uuid import UUID

from django import template
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from kiosk.console import words as typography
from kiosk.console.identities import communes, unfolding
from kiosk.console.identities.reasons import BY_WORKER, DOWNGRADES, REASONS
from kiosk.console.models import Admission, Arrival, Need, Person
from kiosk.console.register import visits
from kiosk.core.status.permissions import IdentityStatus

register = template.Library()
for written in (
    typography.clock,
    typography.day,
    typography.waited,
    typography.since,
    typography.terminal,
    typography.number,
    typography.typo,
    unfolding.together,
    unfolding.heard,
):
    register.filter(written)
SIGNS = {
    Need.READY.value: "✓",
    Need.PRESENCE.value: "✓",
    Need.DIFFERENCES.value: "✕",
    Need.ODD_ANSWER.value: "✕",
    Need.DOUBTFUL_DOCUMENT.value: "✕",
    Need.INSI_PENDING.value: "…",
    Need.NOT_FOUND.value: "?",
    Need.SEVERAL.value: "?",
    Need.NO_DOCUMENT.value: "◌",
    Need.DOUBTFUL_READING.value: "◌",
    Need.PARTLY_READ.value: "◌",
}
DEVICES = {
    "reader": "lecteur de carte absent",
    "phone": "lecteur d’appli carte Vitale absent",
    "camera": "caméra absente",
    "insi": "service national injoignable",
    "storage": "stockage en défaut",
    "outbox": "boîte d’envoi abîmée, mise de côté",
    "printer": "imprimante absente",
    "display": "écran en défaut",
    "queue": "envois en retard",
    "parked": "envois refusés par la console",
    "certificate": "certificat bientôt expiré",
    "disk": "disque presque plein",
    "clock": "horloge décalée",
    "recognitions": "trop de questions sur des patients",
    "questions": "trop de questions au service national",
    "invented": "pas en production : ses arrivées sont refusées",
    "real": "en production : ses arrivées ne viennent pas ici",
    "stranger": "sa clé sert ailleurs",
    "check-ins": "trop d’arrivées",
    "bytes": "envois trop lourds",
    "calls": "trop d’appels",
    "touch": "beaucoup d’arrivées sans carte ni pièce",
    "tickets": "numéros déjà donnés",
    "place": "guichet inconnu",
    "pictures": "images illisibles",
}


@register.filter
def dossier(key: UUID) -> str:
    """The page of one dossier: forty on the queue's, whose address is looked up once."""
    before, after = _dossiers()
    return f"{before}{key}{after}"


_ANY = UUID(int=0)


@cache
def _dossiers() -> tuple[str, str]:
    before, _key, after = reverse("identity", args=(_ANY,)).partition(str(_ANY))
    return before, after


@register.filter
def desk(name: str) -> str:
    """A desk as staff call it."""
    return _desk(name)


@lru_cache(maxsize=200)
def _desk(name: str) -> str:
    with override("fr"):  # staff read French
        return _("guichet {d}").format(d=name)


@register.filter
def latest_visit(person: Person) -> Arrival | None:
    """When they last came: staff know people by their visits' numbers."""
    return visits.latest_of(person)


@register.filter
def known_here(person: Person | None) -> str:
    """All that the desk is told of somebody's past: that they are known, and since when they are qualified."""
    if person is not None and person.status == IdentityStatus.QUALIFIED and person.decided_at is not None:
        return _("personne connue ici, qualifiée le {date}").format(date=typography.day(person.decided_at))
    return _("personne connue ici") if person is not None else _("autre arrivée, pas encore traitée")


@register.filter
def need_sign(need: str) -> str:
    """One sign for what is needed, beside its words; where there is no room for those, a reader hears them."""
    return SIGNS.get(need, "▲")


@register.filter
def visit_name(visit: Arrival | None) -> str:
    """A visit's number and day; where the copies are gone, that they are."""
    return f"{visit.ticket}, {typography.day(visit.arrived_at)}" if visit is not None else _("visites effacées")


@register.filter
def device(name: str) -> str:
    return _(DEVICES[name]) if name in DEVICES else name


@register.filter
def place(written: str) -> str:
    """A place of birth in a field: a code by its name, what somebody typed as it is."""
    return communes.written(written)


@register.filter
def status(value: str) -> str:
    """The status in its official word."""
    words = {
        IdentityStatus.PROVISIONAL.value: _("Identité provisoire"),
        IdentityStatus.RETRIEVED.value: _("Identité récupérée"),
        IdentityStatus.VALIDATED.value: _("Identité validée"),
        IdentityStatus.QUALIFIED.value: _("Identité qualifiée"),
    }
    return words.get(value, value)


@register.filter
def asked_for(asked: Admission) -> str:
    """What somebody asked for an account; a second person weighs a new one otherwise than one that is in use."""
    if asked.kind == Admission.ENROL:
        is_new = asked.staff.last_login is None
        return _("premier accès à donner") if is_new else _("accès à refaire : mot de passe et application")
    return _("compte à rouvrir") if asked.kind == Admission.OPEN else _("Pro Santé Connect à lier")


@register.filter
def fours(secret: str) -> list[str]:
    """A long secret in parts that are typed without losing the place."""
    return [secret[start : start + 4] for start in range(0, len(secret), 4)]


@register.filter
def attribute(words: str) -> str:
    """The attributes in their official words (douteux, fictif, homonyme)."""
    names = {"doubtful": _("Douteux"), "fictitious": _("Fictif"), "homonym": _("Homonyme")}
    return " · ".join(names.get(word, word) for word in words.split())


@register.filter
def reason(code: str) -> str:
    """Why an identity was set aside or downgraded, in words."""
    known: dict[str, str] = {name.value: label for table in (REASONS, DOWNGRADES) for name, label in table.items()}
    return _(known[code]) if code in known else code


@register.filter
def is_of_console(code: str) -> bool:
    """No member of staff set it aside for this: who decided before did something else."""
    return code in BY_WORKER


@register.filter
def who(name: str) -> str:
    """Who did it, in the history that staff read: the machine's own part is no colleague of theirs."""
    others = {"worker": _("la console, d’elle-même"), "kiosk": _("une borne"), "psc": "Pro Santé Connect"}
    return others.get(name, name)


@register.filter
def act(code: str) -> str:
    """An act of the audit trail, as staff says it."""
    return _act_in(code, get_language() or "")


@cache
def _act_in(code: str, _language: str) -> str:
    """Sixty on one page: each is worded once."""
    words = {
        "taken-in": _("reçu de la borne"),
        "opened": _("dossier ouvert"),
        "places-closed": _("bornes et guichets d’avant la mise à jour chiffrés"),
        "indexes-closed": _("empreintes d’avant la mise à jour refermées : aucune ne mène plus à une venue"),
        "people-invented": _("personnes inventées : jamais en production"),
        "tables-updated": _("tables mises à jour"),
        "rows-proven": _("lignes d’avant la mise à jour reprises telles quelles"),
        "secret-changed": _("secret de la console remplacé"),
        "secret-renewed": _("tout est signé avec le nouveau secret"),
        "person-opened": _("personne enregistrée"),
        "visit-attached": _("visite rattachée à cette personne"),
        "visit-detached": _("visite détachée de cette personne"),
        "said-new": _("dit : aucune personne déjà connue"),
        "traits-stated": _("traits relevés"),
        "insi-answered": _("réponse nationale reçue"),
        "appli-attested": _("appli carte Vitale vérifiée"),
        "appli-read": _("appli carte Vitale retenue"),
        "answer-taken": _("réponse nationale retenue"),
        "ins-replaced": _("numéro INS remplacé"),
        "evidence-checked": _("pièce contrôlée"),
        "first-name-chosen": _("premier prénom confirmé"),
        "refused": _("refusé par une règle : rien n’a changé"),
        "migrated": _("repris d’une version précédente"),
        "erased": _("données effacées"),
        "register-found": _("registre : écart trouvé"),
        "register-seen": _("registre : écart vu"),
        "picture-seen": _("image de la pièce vue"),
        "called": _("patient appelé"),
        "presence-checked": _("présence vérifiée"),
        "released": _("remis dans la file"),
        "put-back": _("reposé, rien n’a changé"),
        "held": _("mis en pause"),
        "gone": _("patient parti"),
        "undone": _("décision annulée"),
        "qualified": _("identité qualifiée"),
        "validated": _("identité validée"),
        "ins-accepted": _("INS acceptée"),
        "ins-refused": _("INS refusée"),
        "set-aside": _("confié à l’identitovigilance"),
        "doubted": _("attribut posé"),
        "cleared": _("attribut levé"),
        "transferred": _("envoyé à un autre guichet"),
        "insi-asked": _("service national interrogé"),
        "card-too-old": _("carte lue il y a trop longtemps pour interroger le service national"),
        "insi-observed": _("autre réponse nationale, mise à part"),
        "insi-requested": _("nouvelle recherche demandée"),
        "completed": _("traits complémentaires écrits"),
        "noted": _("note pour le guichet écrite"),
        "note-removed": _("note pour le guichet retirée"),
        "downgraded": _("identité déclassée"),
        "verified": _("vérification de l’INS"),
        "verification-requested": _("vérification de l’INS demandée"),
        "campaign-started": _("campagne de vérification ouverte"),
        "campaign-stopped": _("campagne de vérification arrêtée"),
        "pair-found": _("doublon possible signalé"),
        "merged": _("dossiers fusionnés"),
        "split": _("fusion défaite"),
        "set-apart": _("deux personnes distinguées"),
        "sheet-printed": _("fiche préparée"),
        "searched": _("recherche d’antériorité"),
        "call-answered": _("appel pris"),
        "signed-in": _("connexion"),
        "sign-in-refused": _("connexion refusée"),
        "signed-out": _("départ"),
        "locked": _("verrouillé"),
        "unlocked": _("déverrouillé"),
        "account-added": _("compte créé"),
        "account-changed": _("compte modifié"),
        "account-asked": _("demande pour un compte"),
        "account-agreed": _("demande pour un compte acceptée"),
        "account-refused": _("demande pour un compte refusée"),
        "account-enrolled": _("mot de passe et application choisis"),
        "account-repaired": _("compte refait : il avait été modifié hors de la console"),
        "session-ended": _("session terminée depuis une autre"),
        "kiosk-enrolled": _("borne enregistrée"),
        "kiosk-invited": _("borne invitée"),
        "kiosk-revoked": _("borne révoquée"),
        "recognitions-stopped": _("trop de questions d’une borne"),
        "questions-stopped": _("trop de questions d’une borne au service national"),
        "kiosk-exceeded": _("borne anormale"),
        "answer-reported": _("réponse nationale donnée par la borne seule : non retenue"),
        "question-dropped": _("question d’une borne écartée"),
        "emergency-taken": _("accès d’urgence pris"),
        "emergency-used": _("page ouverte en urgence"),
        "emergency-ended": _("accès d’urgence rendu"),
        "emergency-seen": _("accès d’urgence vérifié"),
        "removed": _("effacé"),
        "resealed": _("scellé à nouveau"),
        "keys-renewed": _("clé du coffre renouvelée"),
        "exported": _("exporté"),
        "trail-read": _("dossier cherché dans le journal"),
    }
    return words.get(code, code)
