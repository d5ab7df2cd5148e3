"""The trail as an auditor reads it aloud: who did what to which dossier, a French sentence for every act.

A code of another version stands as it was written: nothing of the trail is hidden.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from kiosk.console import audit
from kiosk.console.audit import Act
from kiosk.console.models import Arrival, AuditEntry, Person, Stage
from kiosk.console.vigilance.told import SHORT
from kiosk.console.words import day

MACHINES = {  # who, in an act that no member of staff did
    "worker": "La console",
    "command": "L’informatique",
    "update": "La mise à jour",
    "migration": "La mise à jour",
    "psc": "Pro Santé Connect",
    audit.A_KIOSK: "Une borne",
    "": "Quelqu’un",
}
IT = "{it}"
SENTENCES: Mapping[str, str] = {  # what follows who did it; {it}: the dossier's number, the account, the kiosk
    Act.TAKEN_IN: "a envoyé le dossier {it}",
    Act.OPENED: "a ouvert le dossier {it}",
    Act.PERSON_OPENED: "a enregistré une nouvelle personne avec le dossier {it}",
    Act.VISIT_ATTACHED: "a rattaché le dossier {it} à une personne",
    Act.VISIT_DETACHED: "a détaché le dossier {it} de cette personne",
    Act.SAID_NEW: "a dit que le dossier {it} est celui d’une personne encore inconnue",
    Act.TRAITS_STATED: "a relevé les traits du dossier {it}",
    Act.PRESENCE_CHECKED: "a vérifié que la personne du dossier {it} est bien là",
    Act.INSI_ANSWERED: "a reçu la réponse nationale pour le dossier {it}",
    Act.APPLI_ATTESTED: "a vérifié l’appli carte Vitale du dossier {it}",
    Act.APPLI_READ: "a retenu l’appli carte Vitale du dossier {it}",
    Act.ANSWER_TAKEN: "a retenu la réponse nationale du dossier {it}",
    Act.INS_REPLACED: "a remplacé le numéro INS du dossier {it}",
    Act.EVIDENCE_SEEN: "a contrôlé la pièce du dossier {it}",
    Act.FIRST_NAME: "a confirmé le premier prénom du dossier {it}",
    Act.REFUSED: "s’est vu refuser une action sur le dossier {it}",
    Act.MIGRATED: "a repris d’une version précédente le dossier {it}",
    Act.ERASED: "a effacé les données du dossier {it}",
    Act.PICTURE_SEEN: "a regardé la pièce du dossier {it}",
    Act.CALLED: "a pris en main le dossier {it}",
    Act.RELEASED: "a remis dans la file le dossier {it}",
    Act.PUT_BACK: "a reposé, sans rien changer, le dossier {it}",
    Act.HELD: "a mis en pause le dossier {it}",
    Act.GONE: "a noté que le patient du dossier {it} est parti",
    Act.UNDONE: "a annulé une décision sur le dossier {it}",
    Act.QUALIFIED: "a qualifié l’identité du dossier {it}",
    Act.VALIDATED: "a validé l’identité du dossier {it}",
    Act.INS_ACCEPTED: "a accepté l’INS du dossier {it}",
    Act.INS_REFUSED: "a refusé l’INS du dossier {it}",
    Act.SET_ASIDE: "a confié à l’identitovigilance le dossier {it}",
    Act.DOUBTED: "a posé un attribut sur le dossier {it}",
    Act.CLEARED: "a levé un attribut du dossier {it}",
    Act.DOWNGRADED: "a déclassé l’identité du dossier {it}",
    Act.TRANSFERRED: "a envoyé à un guichet le dossier {it}",
    Act.INSI_ASKED: "a interrogé le service national pour le dossier {it}",
    Act.INSI_OBSERVED: "a mis à part une autre réponse nationale pour le dossier {it}",
    Act.INSI_REQUESTED: "a demandé une nouvelle recherche nationale pour le dossier {it}",
    Act.CARD_TOO_OLD: "n’a pas interrogé le service national, la carte étant lue depuis trop longtemps, pour {it}",
    Act.COMPLETED: "a écrit des traits complémentaires dans le dossier {it}",
    Act.NOTED: "a laissé une note au guichet sur le dossier {it}",
    Act.NOTE_REMOVED: "a retiré la note du dossier {it}",
    Act.VERIFIED: "a vérifié l’INS du dossier {it}",
    Act.VERIFICATION_REQUESTED: "a demandé de vérifier l’INS du dossier {it}",
    Act.CAMPAIGN_STARTED: "a ouvert une campagne de vérification",
    Act.CAMPAIGN_STOPPED: "a arrêté la campagne de vérification",
    Act.PAIR_FOUND: "a signalé un doublon possible pour le dossier {it}",
    Act.MERGED: "a fusionné avec un autre le dossier {it}",
    Act.SPLIT: "a défait la fusion du dossier {it}",
    Act.SET_APART: "a distingué d’une autre personne celle du dossier {it}",
    Act.SHEET_PRINTED: "a préparé la fiche du dossier {it}",
    Act.SEARCHED: "a fait une recherche d’antériorité",
    Act.ANSWERED: "a répondu à l’appel d’une borne",
    Act.SIGNED_IN: "a ouvert sa session",
    Act.SIGN_IN_REFUSED: "n’a pas pu entrer dans le compte {it}",
    Act.SIGNED_OUT: "a fermé sa session",
    Act.LOCKED: "a verrouillé sa session",
    Act.UNLOCKED: "a déverrouillé sa session",
    Act.ACCOUNT_ADDED: "a créé le compte {it}",
    Act.ACCOUNT_CHANGED: "a modifié le compte {it}",
    Act.ACCOUNT_ASKED: "a fait une demande pour le compte {it}",
    Act.ACCOUNT_AGREED: "a accepté la demande pour le compte {it}",
    Act.ACCOUNT_REFUSED: "a refusé la demande pour le compte {it}",
    Act.ACCOUNT_ENROLLED: "a choisi mot de passe et application pour le compte {it}",
    Act.ACCOUNT_REPAIRED: "a refait, d’après le journal, le compte {it}",
    Act.SESSION_ENDED: "a terminé une autre session du compte {it}",
    Act.KIOSK_ENROLLED: "a enregistré la borne {it}",
    Act.KIOSK_INVITED: "a invité la borne {it}",
    Act.KIOSK_REVOKED: "a révoqué la borne {it}",
    Act.RECOGNITIONS_STOPPED: "a posé trop de questions sur des patients : borne {it}",
    Act.QUESTIONS_STOPPED: "a posé trop de questions au service national : borne {it}",
    Act.KIOSK_EXCEEDED: "a fait ce qu’aucune borne ne fait : borne {it}",
    Act.ANSWER_REPORTED: "n’a pas retenu la réponse nationale qu’une borne seule disait, pour le dossier {it}",
    Act.QUESTION_DROPPED: "a posé une question nationale qui n’a servi à aucune arrivée",
    Act.REMOVED: "a effacé le dossier {it}",
    Act.EMERGENCY_TAKEN: "a pris un accès d’urgence",
    Act.EMERGENCY_USED: "a ouvert une page en accès d’urgence",
    Act.EMERGENCY_ENDED: "a rendu l’accès d’urgence",
    Act.EMERGENCY_SEEN: "a vérifié un accès d’urgence",
    Act.RESEALED: "a scellé à nouveau le dossier {it}",
    Act.KEYS_RENEWED: "a renouvelé la clé du coffre",
    Act.EXPORTED: "a téléchargé le journal",
    Act.TRAIL_READ: "a cherché dans le journal le dossier {it}",
    Act.REGISTER_FOUND: "a trouvé un écart dans le registre",
    Act.REGISTER_SEEN: "a vu un écart du registre",
    Act.TRAIL_REKEYED: "a remplacé le secret de la console",
    Act.ROWS_REPROVEN: "a signé tous les enregistrements avec le nouveau secret",
    Act.PLACES_CLOSED: "a chiffré les bornes et les guichets d’avant la mise à jour",
    Act.PEOPLE_INVENTED: "a noté que cette base tient des personnes inventées",
    Act.TABLES_UPDATED: "a mis à jour les tables",
    Act.ROWS_PROVEN: "a repris tels quels les enregistrements d’avant la mise à jour",
    Act.INDEXES_CLOSED: "a refermé les empreintes d’avant la mise à jour",
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One act: who, what they did, and to what, which may lead to all that was done about it."""

    who: str
    before: str  # of the sentence, up to what it is about
    it: str  # what it is about, as staff call it; empty where nothing is named
    after: str
    key: str  # of a dossier; empty where it is an account, a kiosk or nothing


def who(name: str) -> str:
    """Who did it, at the head of a sentence."""
    return _(MACHINES[name]) if name in MACHINES else name


def told(entries: Iterable[AuditEntry]) -> list[Sentence]:
    """A page's acts as sentences; what they are about is looked up at once."""
    page = list(entries)
    named = _named({one.about: one for one in page})
    return [_told(one, named) for one in page]


def names(keys: Iterable[UUID]) -> list[str]:
    """What dossiers are called over a list that is narrowed to them."""
    found = _named({str(one): None for one in keys})
    return [_of_day(name, on) for name, on in found.values()]


def _of_day(name: str, on: str) -> str:
    return _("{number} du {day}").format(number=name, day=on) if on else name


def _told(entry: AuditEntry, named: Mapping[str, tuple[str, str]]) -> Sentence:
    if entry.act not in SENTENCES:
        return Sentence(who(entry.who), entry.act, entry.about, "", "")
    before, has_it, after = str(_(SENTENCES[entry.act])).partition(IT)
    if not has_it:
        return Sentence(who(entry.who), before, "", "", "")
    name, on = named.get(entry.about, (entry.about, ""))
    it = _of_day(name, on) if on != day(entry.at) else name
    return Sentence(who(entry.who), before, it, after, entry.about if entry.about in named else "")


def _named(about: Mapping[str, object]) -> dict[str, tuple[str, str]]:
    """Each dossier's number and day, by its key; of a person, those of their latest visit."""
    keys = [key for one in about if (key := _key(one)) is not None]
    named = {str(one): (_("sans visite, {key}").format(key=str(one)[:SHORT]), "") for one in keys}
    people = {one.pk for one in Person.objects.filter(pk__in=keys)}
    visits = Arrival.objects.filter(Q(pk__in=keys) | Q(person__in=people)).order_by("received_at")
    for visit in visits.exclude(stage=Stage.REMOVED):
        called = (visit.ticket, day(visit.received_at)) if visit.is_proven else ("?", "")
        named |= {str(one): called for one in (visit.pk, visit.person_id) if str(one) in named}
    gone = Arrival.objects.filter(pk__in=keys, stage=Stage.REMOVED).values_list("pk", flat=True)
    return named | {str(one): (_("effacé, {key}").format(key=str(one)[:SHORT]), "") for one in gone}


def _key(about: str) -> UUID | None:
    try:
        return UUID(about)
    except ValueError:
        return None
