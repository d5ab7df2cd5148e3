"""Why something was done or may not be, as codes for the trail and in words for staff."""

from enum import StrEnum

from kiosk.core.coherence.reasons import Trait
from kiosk.core.status.permissions import InsiBar
from kiosk.core.status.transitions import (
    Refusal,
)


class NotAllowed(Exception):
    """The rule that forbids it, in words for staff."""


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
    WhyAside.VERIFICATION: "La vérification n’a pas confirmé l’INS",
}
BY_WORKER = frozenset({WhyAside.LATE_ANSWER, WhyAside.OTHER_ANSWER, WhyAside.VERIFICATION})  # staff cannot say these
REFUSALS = {
    Refusal.BARRED: "Identité douteuse ou fictive : elle reste provisoire (GI3 EXI ID 26).",
    Refusal.ONLY_STAFF: "Seul un agent peut décider.",
    Refusal.TRAITS_DISAGREE: "Un trait diffère : l’INS ne peut pas être accepté. Écartez, ou validez sans INS.",
    Refusal.ANSWER_UNUSABLE: "Cette réponse nationale ne peut pas être acceptée telle quelle.",
    Refusal.EVIDENCE_TOO_WEAK: "Cette pièce n’a pas un haut niveau de confiance (RNIV 1 § 3.3.2).",
    Refusal.COMPANION_MISSING: "Dites quel document accompagne cette pièce (RNIV 1 § 3.3.3).",
    Refusal.OTHER_MATRICULE: "Une identité qualifiée porte déjà un autre matricule.",
    Refusal.EXCLUSIVE: "Ces attributs ne peuvent pas aller ensemble (GI3 EXI ID 24).",
    Refusal.NO_MATRICULE: "Il n’y a pas d’INS accepté à refuser.",
    Refusal.NOT_COHERENT: "Le premier prénom doit ouvrir la liste des prénoms (GI3 EXI ID 10).",
    Refusal.MATRICULE_INCOMPLETE: "Le matricule renvoyé est incomplet : il ne peut être ni gardé ni transmis.",
    Refusal.WITHOUT_CHANGE: "C’est déjà le cas.",
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
