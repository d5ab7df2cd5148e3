"""Why something was done or may not be, as codes for the trail and in words for staff."""

from enum import StrEnum

from django.utils.translation import gettext as _

from kiosk.core.coherence.reasons import Trait
from kiosk.core.status.permissions import InsiBar
from kiosk.core.status.transitions import (
    Refusal,
)


class Stopped(StrEnum):
    """Why a page's decision was not even tried: the trail has a line of it, as of what the core refuses."""

    STALE = "stale-page"
    NOT_IN_HAND = "not-in-hand"


class NotAllowed(Exception):
    """The rule that forbids it, in words for staff; ``refusal`` where it was tried, and is to be written down."""

    def __init__(self, words: str, refusal: Refusal | Stopped | None = None) -> None:
        super().__init__(words)
        self.refusal = refusal


def refused(refusal: Refusal | Stopped) -> NotAllowed:
    """A refusal in words."""
    return NotAllowed(_(STOPPED[refusal] if isinstance(refusal, Stopped) else REFUSALS[refusal]), refusal)


class WhyAside(StrEnum):
    """Why an identity is set aside for the identity-vigilance unit."""

    DIFFERENCES = "differences"
    LOOKS_ALIKE = "looks-alike"
    DOCUMENT_DOUBTED = "document-doubted"
    NOT_THIS_PERSON = "not-this-person"
    NO_EVIDENCE = "no-evidence"
    INS_WRONG = "ins-wrong"
    TECHNICAL = "technical"
    UNUSABLE_ANSWER = "unusable-answer"
    LATE_ANSWER = "late-answer"  # by the worker: INSi answered after staff had validated
    OTHER_ANSWER = "other-answer"  # by the worker: INSi answered otherwise than what a decision rests on
    SHARED_NUMBER = "shared-number"  # by the migration: several records held the matricule that INSi gave for one
    VERIFICATION = "verification"  # by the worker: INSi no longer confirms the matricule (T11)


REASONS = {
    WhyAside.DIFFERENCES: "Un trait diffère",
    WhyAside.LOOKS_ALIKE: "Doublon ou homonyme possible",
    WhyAside.DOCUMENT_DOUBTED: "Doute sur la pièce d’identité",
    WhyAside.NOT_THIS_PERSON: "La personne n’est pas celle de la carte",
    WhyAside.NO_EVIDENCE: "Pas de pièce à haut niveau de confiance",
    WhyAside.INS_WRONG: "Erreur probable dans l’INS",
    WhyAside.TECHNICAL: "Lecture ou réponse inutilisable",
    WhyAside.UNUSABLE_ANSWER: "Réponse nationale inutilisable",
    WhyAside.LATE_ANSWER: "Réponse nationale arrivée après la validation",
    WhyAside.OTHER_ANSWER: "Autre réponse nationale, arrivée après la décision",
    WhyAside.SHARED_NUMBER: "Le même INS était porté par plusieurs dossiers",
    WhyAside.VERIFICATION: "La vérification n’a pas confirmé l’INS",
}
BY_WORKER = frozenset(  # staff cannot say these
    {WhyAside.LATE_ANSWER, WhyAside.OTHER_ANSWER, WhyAside.SHARED_NUMBER, WhyAside.VERIFICATION}
)
STOPPED = {
    Stopped.STALE: "Ce dossier a changé depuis l’affichage : relisez la page, puis décidez.",
    Stopped.NOT_IN_HAND: "Ce dossier n’est pas ouvert à votre nom : prenez d’abord ce patient.",
}
REFUSALS = {
    Refusal.BARRED: "Identité douteuse ou fictive : elle reste provisoire (GI3 EXI ID 26).",
    Refusal.ONLY_STAFF: "Seul un agent peut décider.",
    Refusal.TRAITS_DISAGREE: (
        "Un trait diffère : l’INS ne peut pas être accepté. Confiez-le à l’identitovigilance, ou validez sans INS."
    ),
    Refusal.ANSWER_UNUSABLE: "Cette réponse nationale ne peut pas être acceptée telle quelle.",
    Refusal.EVIDENCE_TOO_WEAK: "Cette pièce n’a pas un haut niveau de confiance (RNIV 1 § 3.3.2).",
    Refusal.COMPANION_MISSING: "Dites quel document accompagne cette pièce (RNIV 1 § 3.3.3).",
    Refusal.OTHER_MATRICULE: "Une identité qualifiée porte déjà un autre matricule.",
    Refusal.EXCLUSIVE: "Ces attributs ne peuvent pas aller ensemble (GI3 EXI ID 24).",
    Refusal.NO_MATRICULE: "Il n’y a pas d’INS accepté à refuser.",
    Refusal.NOT_COHERENT: "Le premier prénom doit ouvrir la liste des prénoms (GI3 EXI ID 10).",
    Refusal.MATRICULE_INCOMPLETE: "Le matricule renvoyé est incomplet : il ne peut être ni gardé ni transmis.",
    Refusal.WITHOUT_CHANGE: "C’est déjà le cas.",
    Refusal.ABSORBED: "Ce dossier mène à un autre : ouvrez celui qui est gardé.",
    Refusal.ESTABLISHED: "Cette identité est déjà établie.",
    Refusal.ANSWER_VOID: "Cette réponse nationale a été écartée : reposez la question.",
    Refusal.ANOTHER_ANSWER: "La réponse nationale a changé depuis l’affichage : relisez la page, puis décidez.",
    Refusal.NO_QUESTION: "Cette réponse ne correspond à aucune question.",
    Refusal.NOT_QUALIFIED: "L’identité n’est pas qualifiée : regardez une pièce d’identité.",
    Refusal.KEEP_THE_OTHER: "Gardez le dossier qui porte l’INS.",
    Refusal.NOTHING_TO_UNDO: "Il n’y a rien à annuler.",
    Refusal.NOT_YOURS: "Seule la personne qui a décidé peut annuler, le jour même.",
    Refusal.TOO_LATE: "Seule la personne qui a décidé peut annuler, le jour même.",
    Refusal.HELD_BY_ANOTHER: "Un autre dossier porte déjà cet INS : confiez celui-ci à l’identitovigilance.",
    Refusal.ERASED: "Ce dossier a été effacé.",
    Refusal.BARRED_ELSEWHERE: (
        "Cet INS a été donné pour une identité douteuse ou fictive : confiez le dossier à l’identitovigilance."
    ),
}
TRAITS = {
    Trait.BIRTH_NAME: "Nom de naissance",
    Trait.GIVEN_NAMES: "Prénoms de naissance",
    Trait.BIRTH_DATE: "Date de naissance",
    Trait.SEX: "Sexe",
    Trait.BIRTH_PLACE: "Lieu de naissance",
}
STRICT_TRAITS = {  # what is missing, with the form it must have
    Trait.BIRTH_NAME: "le nom de naissance",
    Trait.GIVEN_NAMES: "le premier prénom de naissance",
    Trait.BIRTH_DATE: "la date de naissance (un jour du calendrier)",
    Trait.SEX: "le sexe",
    Trait.BIRTH_PLACE: "le lieu de naissance",
}


class WhyDown(StrEnum):
    """Why an identity loses what was established: both steps are done again (ins-rules 2.2, T9 and T10)."""

    WRONG_TRAIT = "wrong-trait"
    WRONG_PERSON = "wrong-person"
    EVIDENCE = "evidence"


DOWNGRADES = {
    WhyDown.WRONG_TRAIT: "Un trait était faux",
    WhyDown.WRONG_PERSON: "L’identité est celle d’une autre personne",
    WhyDown.EVIDENCE: "La pièce d’identité est mise en doute",
}
BARS = {
    InsiBar.BARRED: "Identité douteuse ou fictive : le service national n’est pas interrogé (GI3 EXI ID 26).",
    InsiBar.QUALIFIED: "Identité qualifiée : elle se vérifie, elle ne se recherche plus.",
    InsiBar.TRAIT_MISSING: "Il faut le nom de naissance, un prénom, le sexe et la date de naissance.",
    InsiBar.CHARACTER: "Un nom contient un caractère que le service national n’accepte pas.",
    InsiBar.SEX: "Le service national ne connaît que féminin et masculin.",
    InsiBar.DATE: "La date n’est pas un jour du calendrier : complétez-la selon la règle (GI3 EXI ID 11).",
}
