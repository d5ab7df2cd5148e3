"""Why two sources differ, what staff reads about it, and who can put it right (ins-rules 4).

The sentences are French msgids: the console translates them where it shows them.
"""

from enum import StrEnum


class Trait(StrEnum):
    """What is compared: the five traits of the INS (traits stricts, ins-rules 1.1)."""

    BIRTH_NAME = "birth-name"  # nom de naissance
    GIVEN_NAMES = "given-names"  # prénoms de naissance
    BIRTH_DATE = "birth-date"  # date de naissance
    SEX = "sex"  # sexe
    BIRTH_PLACE = "birth-place"  # lieu de naissance


class Outcome(StrEnum):
    """What staff has to do about one trait."""

    SAME = "same"  # nothing
    TOLERATED = "tolerated"  # look, confirm once
    BLOCKING = "blocking"  # do not qualify, do not accept the INS
    NOT_STATED = "not-stated"  # one of the two says nothing about it


class Reason(StrEnum):
    """The named difference between two sources; each has one sentence for staff."""

    # tolerated: shown, accepted with one confirmation
    ACCENT_OR_CASE = "accent-or-case"
    HYPHEN = "hyphen"  # hyphen or apostrophe against space
    MRZ_WRITING = "mrz-writing"  # an apostrophe that a machine-readable zone leaves out
    UMLAUT = "umlaut"  # a letter written out in the zone of an issuer that does so: MUELLER for Müller
    TRUNCATED = "truncated"  # the field was full
    LIST_SHORTENED = "list-shortened"  # later given names are missing
    LIST_LONGER = "list-longer"  # more given names than the source nearer the register
    MAY_BE_NAME_IN_USE = "may-be-name-in-use"  # the card prints the name in use
    INTERPRETED_DATE = "interpreted-date"
    TWO_DIGIT_YEAR = "two-digit-year"
    ARRONDISSEMENT = "arrondissement"
    COMMUNE_MERGED = "commune-merged"
    FOREIGN_PLACE = "foreign-place"  # a foreign town, or a code of before independence, against the country
    # blocking
    UNREADABLE = "unreadable"
    ONE_LETTER_APART = "one-letter-apart"
    WORD_MISSING = "word-missing"
    WORDS_IN_OTHER_ORDER = "words-in-other-order"
    OTHER_LETTERS = "other-letters"
    OTHER_FIRST_NAME = "other-first-name"
    COMPOSITE = "composite"  # a composite given name (prénom composé) against a part of it
    NAMES_SWAPPED = "names-swapped"
    NAME_IN_USE = "name-in-use"  # the name in use was taken for the birth name
    DAY_AND_MONTH_SWAPPED = "day-and-month-swapped"
    ONE_DIGIT_APART = "one-digit-apart"
    INCOMPLETE_DATE = "incomplete-date"
    OTHER_DATE = "other-date"
    OTHER_SEX = "other-sex"
    OTHER_PLACE = "other-place"
    MAY_BE_TWIN = "may-be-twin"


TOLERATED_REASONS = frozenset(
    {
        Reason.ACCENT_OR_CASE,
        Reason.HYPHEN,
        Reason.MRZ_WRITING,
        Reason.UMLAUT,
        Reason.TRUNCATED,
        Reason.LIST_SHORTENED,
        Reason.LIST_LONGER,
        Reason.MAY_BE_NAME_IN_USE,
        Reason.INTERPRETED_DATE,
        Reason.TWO_DIGIT_YEAR,
        Reason.ARRONDISSEMENT,
        Reason.COMMUNE_MERGED,
        Reason.FOREIGN_PLACE,
    }
)

# Tolerated only when staff read the original and say so by its name: a machine cannot tell them from another person.
NAMED_REASONS = frozenset({Reason.UMLAUT, Reason.LIST_LONGER})


class Corrector(StrEnum):
    """Who can put a difference right (HAN; ins-rules 4)."""

    STAFF = "staff"  # what was typed or read here
    INSEE = "insee"  # an error in the INS, born in France except New Caledonia
    HEALTH_FUND = "health-fund"  # an error on the card, or in the INS of someone born abroad or in New Caledonia
    TOWN_HALL = "town-hall"  # an error on an identity card or a passport
    PREFECTURE = "prefecture"  # an error on a residence permit
    ISSUING_STATE = "issuing-state"  # an error on another state's document


def _(text: str) -> str:
    """Mark a French sentence for gettext; the translation happens where it is shown."""
    return text


STAFF_SENTENCES: dict[Reason, str] = {
    Reason.ACCENT_OR_CASE: _("Seuls les accents ou les majuscules diffèrent."),
    Reason.HYPHEN: _("Seuls un trait d'union, une apostrophe ou un espace diffèrent."),
    Reason.MRZ_WRITING: _("La bande de lecture n'écrit pas les apostrophes."),
    Reason.UMLAUT: _("La bande de lecture de ce pays écrit une lettre accentuée en plusieurs lettres."),
    Reason.TRUNCATED: _("Le nom est coupé faute de place."),
    Reason.LIST_SHORTENED: _("Une des sources donne moins de prénoms."),
    Reason.LIST_LONGER: _("Des prénoms en plus."),  # the source named before it says them
    Reason.MAY_BE_NAME_IN_USE: _("La carte Vitale porte peut-être le nom utilisé et non le nom de naissance."),
    Reason.INTERPRETED_DATE: _("La date est incomplète d'un côté et complétée selon la règle de l'autre."),
    Reason.TWO_DIGIT_YEAR: _("La bande de lecture n'écrit que deux chiffres de l'année."),
    Reason.ARRONDISSEMENT: _("Une source donne l'arrondissement, l'autre la ville."),
    Reason.COMMUNE_MERGED: _("La commune a changé de code ou a fusionné."),
    Reason.FOREIGN_PLACE: _("Une source donne le lieu, l'autre le pays de naissance."),
    Reason.UNREADABLE: _("Un caractère ne peut pas figurer dans un nom."),
    Reason.ONE_LETTER_APART: _("Une seule lettre diffère."),
    Reason.WORD_MISSING: _("Il manque un mot d'un côté."),
    Reason.WORDS_IN_OTHER_ORDER: _("Les mêmes mots sont dans un autre ordre."),
    Reason.OTHER_LETTERS: _("Les noms sont différents."),
    Reason.OTHER_FIRST_NAME: _("Le premier prénom est différent."),
    Reason.COMPOSITE: _("Un prénom est composé d'un côté et simple de l'autre."),
    Reason.NAMES_SWAPPED: _("Le nom et le prénom semblent inversés."),
    Reason.NAME_IN_USE: _("Le nom utilisé a été pris pour le nom de naissance."),
    Reason.DAY_AND_MONTH_SWAPPED: _("Le jour et le mois semblent inversés."),
    Reason.ONE_DIGIT_APART: _("Un seul chiffre de la date diffère."),
    Reason.INCOMPLETE_DATE: _("Une date est incomplète et l'autre ne suit pas la règle de complément."),
    Reason.OTHER_DATE: _("Les dates de naissance sont différentes."),
    Reason.OTHER_SEX: _("Le sexe est différent."),
    Reason.OTHER_PLACE: _("Le lieu de naissance est différent."),
    Reason.MAY_BE_TWIN: _("Même nom, même date, autre prénom : il s'agit peut-être d'un jumeau ou d'une jumelle."),
}

# What the two dates are, and what a rule makes of one of them; beside the sentence of the reason.
DATE_DETAILS: dict[Reason, str] = {
    Reason.TWO_DIGIT_YEAR: _("la bande se lit {shown} ou {also}, l'autre source dit {other}"),
    Reason.INTERPRETED_DATE: _("{shown} se complète en {completed}"),
    Reason.INCOMPLETE_DATE: _("{shown} se compléterait en {completed}, l'autre source dit {other}"),
    Reason.DAY_AND_MONTH_SWAPPED: _("{shown} d'un côté, {other} de l'autre"),
    Reason.ONE_DIGIT_APART: _("{shown} d'un côté, {other} de l'autre"),
}

# What a member of staff says to have seen on the original; what is not seen is not accepted.
SEEN_SENTENCES: dict[Reason, str] = {
    Reason.UMLAUT: _("La lettre est accentuée sur l'original ; la bande l'écrit en plusieurs lettres."),
    Reason.LIST_LONGER: _("Sur l'original, le premier prénom est exactement celui de l'INS."),
}

# What a member of staff does next about a blocking difference; what the patient does is the corrector's sentence.
NEXT_STEPS: dict[Reason, str] = {
    Reason.UNREADABLE: _("Vérifiez la saisie ou la lecture."),
    Reason.ONE_LETTER_APART: _("Relisez le document original. S'il est bien lu, ne qualifiez pas."),
    Reason.WORD_MISSING: _("Lisez le nom de naissance complet sur l'original. S'il diffère, ne qualifiez pas."),
    Reason.WORDS_IN_OTHER_ORDER: _("Relisez l'ordre des noms sur l'original. S'il diffère, ne qualifiez pas."),
    Reason.OTHER_LETTERS: _("Vérifiez que la carte et le document sont bien ceux de cette personne. Ne qualifiez pas."),
    Reason.OTHER_FIRST_NAME: _("Vérifiez que la bonne personne de la carte a été choisie. Ne qualifiez pas."),
    Reason.COMPOSITE: _("Lisez les prénoms sur l'original, traits d'union compris. S'ils diffèrent, ne qualifiez pas."),
    Reason.NAMES_SWAPPED: _("Remettez le nom et le prénom à leur place, puis interrogez de nouveau l'INSi."),
    Reason.NAME_IN_USE: _("Reprenez le nom de naissance sur l'original, puis interrogez de nouveau l'INSi."),
    Reason.DAY_AND_MONTH_SWAPPED: _("Relisez la date sur l'original. Si elle est bien lue, ne qualifiez pas."),
    Reason.ONE_DIGIT_APART: _("Relisez la date sur l'original. Si elle est bien lue, ne qualifiez pas."),
    Reason.INCOMPLETE_DATE: _("Complétez la date selon la règle, puis interrogez de nouveau l'INSi."),
    Reason.OTHER_DATE: _("Vérifiez que la bonne personne de la carte a été choisie. Ne qualifiez pas."),
    Reason.OTHER_SEX: _("Relisez le document original. S'il est bien lu, ne qualifiez pas."),
    Reason.OTHER_PLACE: _("Relisez le lieu sur l'original. S'il diffère, ne qualifiez pas."),
    Reason.MAY_BE_TWIN: _("Demandez à la personne son prénom et choisissez-la de nouveau sur la carte."),
}

CORRECTOR_SENTENCES: dict[Corrector, str] = {
    Corrector.STAFF: _("Corrigez d'abord ce qui a été saisi ou lu ici."),
    Corrector.INSEE: _(
        "Si l'erreur est dans l'INS : la personne demande la correction à l'Insee, en ligne ou par courrier."
    ),
    Corrector.HEALTH_FUND: _("La personne s'adresse à sa caisse d'assurance maladie."),
    Corrector.TOWN_HALL: _(
        "Si l'erreur est sur la carte d'identité ou le passeport : la personne s'adresse à une mairie."
    ),
    Corrector.PREFECTURE: _("Si l'erreur est sur le titre de séjour : la personne s'adresse à la préfecture."),
    Corrector.ISSUING_STATE: _(
        "Si l'erreur est sur le document étranger : la personne s'adresse au pays qui l'a délivré."
    ),
}
