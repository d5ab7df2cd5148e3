"""What each sheet says, in French: the other languages translate it (gettext), where it is shown.

Short sentences, one idea each; a word of an office stays beside its translation, since that is what stands on the door.
"""

from dataclasses import dataclass

from kiosk.console.identities.sheet_due import Cause
from kiosk.core.coherence.reasons import Corrector, Reason


@dataclass(frozen=True, slots=True)
class Words:
    """One sheet, but for what is this patient's."""

    title: str
    means: str
    steps: tuple[str, ...]
    offices: tuple[Corrector, ...]  # of those that could help, the ones that do for this cause; in the order to try
    bring: tuple[str, ...]  # there


SHEET_ITSELF = "Cette fiche"
DOCUMENT = "Votre pièce d’identité"
CARD = "Votre carte Vitale"
BIRTH = "Un acte de naissance récent"
OFFICES_OF_PAPERS = (Corrector.TOWN_HALL, Corrector.PREFECTURE, Corrector.ISSUING_STATE)

WORDS = {
    Cause.DOCUMENT: Words(
        title="Une information de votre pièce d’identité est à vérifier",
        means="Votre pièce d’identité et la référence nationale ne disent pas la même chose.",
        steps=(
            "Regardez votre acte de naissance : c’est lui qui compte.",
            "Si votre pièce d’identité est différente de l’acte : faites-la refaire.",
            "Si votre pièce d’identité est comme l’acte : dites-le-nous. La référence sera à corriger.",
        ),
        offices=OFFICES_OF_PAPERS,
        bring=(SHEET_ITSELF, DOCUMENT, BIRTH),
    ),
    Cause.REFERENCE: Words(
        title="Une information de la référence nationale est à corriger",
        means="La référence nationale ne dit pas la même chose que vos papiers.",
        steps=(
            "Demandez la correction. Elle n’est faite qu’à votre demande.",
            "Vous pouvez lire la référence dans Mon espace santé (monespacesante.fr).",
            "Quand la correction est faite, dites-le-nous.",
        ),
        offices=(Corrector.INSEE, Corrector.HEALTH_FUND),
        bring=(SHEET_ITSELF, "Une copie de votre pièce d’identité", BIRTH),
    ),
    Cause.CARD: Words(
        title="Une information de votre carte Vitale est à corriger",
        means="Votre carte Vitale ne dit pas la même chose que la référence nationale ou que votre pièce d’identité.",
        steps=(
            "Montrez cette fiche à votre caisse d’assurance maladie.",
            "Quand la correction est faite, mettez votre carte à jour : en pharmacie ou à votre caisse.",
        ),
        offices=(Corrector.HEALTH_FUND,),
        bring=(SHEET_ITSELF, CARD, DOCUMENT),
    ),
    Cause.NOBODY: Words(
        title="Votre identité nationale de santé n’a pas été trouvée",
        means="La recherche nationale n’a trouvé personne avec vos informations.",
        steps=(
            "Demandez à votre caisse d’assurance maladie si vos nom, prénoms et date de naissance y sont justes.",
            "Si vous n’avez pas d’assurance maladie en France : vous n’avez rien à faire.",
            "À votre prochaine venue, nous chercherons de nouveau.",
        ),
        offices=(Corrector.HEALTH_FUND,),
        bring=(SHEET_ITSELF, DOCUMENT, CARD),
    ),
    Cause.SEVERAL: Words(
        title="Il nous faut plus d’informations pour trouver votre identité nationale de santé",
        means="La recherche nationale a donné plusieurs réponses. Nous n’en choisissons aucune.",
        steps=(
            "À votre prochaine venue, apportez un papier qui porte tous vos prénoms et votre lieu de naissance.",
            "Vous n’avez pas d’autre démarche à faire.",
        ),
        offices=(Corrector.STAFF,),
        bring=(SHEET_ITSELF, DOCUMENT, CARD, BIRTH),
    ),
}

OFFICES = {
    Corrector.TOWN_HALL: "Une mairie, si c’est une carte d’identité ou un passeport français.",
    Corrector.PREFECTURE: "La préfecture, si c’est un titre de séjour.",
    Corrector.ISSUING_STATE: "Le consulat de votre pays, si c’est une pièce étrangère.",
    Corrector.INSEE: "L’Insee, en ligne (insee.fr) ou par courrier.",
    Corrector.HEALTH_FUND: "Votre caisse d’assurance maladie : à l’accueil, en ligne ou par téléphone.",
    Corrector.STAFF: "À notre accueil, ci-dessous.",
}

KINDS = {  # what of a trait is different, after its name
    Reason.ONE_LETTER_APART: "une lettre est différente",
    Reason.WORD_MISSING: "un mot manque d’un côté",
    Reason.WORDS_IN_OTHER_ORDER: "les mots sont dans un autre ordre",
    Reason.OTHER_LETTERS: "les lettres sont différentes",
    Reason.OTHER_FIRST_NAME: "le premier prénom est différent",
    Reason.COMPOSITE: "un prénom composé est coupé d’un côté",
    Reason.NAMES_SWAPPED: "nom et prénoms sont inversés",
    Reason.NAME_IN_USE: "le nom d’usage a pris sa place",
    Reason.DAY_AND_MONTH_SWAPPED: "le jour et le mois sont inversés",
    Reason.ONE_DIGIT_APART: "un chiffre est différent",
    Reason.INCOMPLETE_DATE: "la date est incomplète d’un côté",
    Reason.OTHER_DATE: "la date est différente",
    Reason.OTHER_SEX: "l’indication est différente",
    Reason.OTHER_PLACE: "le lieu est différent",
}

# Where nobody sees what differs without the two values. Elsewhere the trait's name says it, and the paper bears less.
SHOWN = frozenset(
    {
        *(Reason.ONE_LETTER_APART, Reason.WORD_MISSING, Reason.WORDS_IN_OTHER_ORDER, Reason.COMPOSITE),
        *(Reason.NAMES_SWAPPED, Reason.NAME_IN_USE, Reason.DAY_AND_MONTH_SWAPPED, Reason.ONE_DIGIT_APART),
        Reason.INCOMPLETE_DATE,
    }
)
